import { describe, expect, it } from 'vitest';
import { joinHandlers } from '../../../../src/main/api/handlers.ts';

const handler = () => undefined;

describe('the handlers of all topics', () => {
  it('answer every method of the contract once', () => {
    const handlers = joinHandlers([{ 'a.one': handler }, { 'b.two': handler }], ['a.one', 'b.two']);
    expect([...handlers.keys()]).toEqual(['a.one', 'b.two']);
  });

  it('are refused when two answer one method', () => {
    expect(() => joinHandlers([{ 'a.one': handler }, { 'a.one': handler }], ['a.one'])).toThrow(
      'two handlers answer a.one',
    );
  });

  it('are refused when a method has none', () => {
    expect(() => joinHandlers([{ 'a.one': handler }], ['a.one', 'a.two'])).toThrow(
      'no handler answers a.two',
    );
  });
});

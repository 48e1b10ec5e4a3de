/** Every screen as one sees it after the lecture. */
import { goTo, type Picture, type Stage } from './picture.ts';

const screen = (name: string, arrange: (stage: Stage) => Promise<void>): Picture => ({
  name,
  theme: 'light',
  size: { width: 1280, height: 800 },
  shows: 'window',
  arrange,
});

export const screenPictures: readonly Picture[] = [
  screen('start', (stage) => stage.go('start')),
  screen('data', (stage) => stage.go('data/reviews')),
  screen('build', (stage) => goTo(stage, 'build/lecture-lstm')),
  screen('train', (stage) => goTo(stage, 'train?model=lecture-lstm&data=reviews')),
  screen('runs', (stage) => stage.go('runs')),
  screen('run', async (stage) => {
    await stage.go(`runs/${stage.runs[1]}`);
    // The configuration names the machine it ran on.
    await stage.page.getByRole('tab', { name: 'Model' }).click();
  }),
  screen('compare', (stage) => goTo(stage, `compare?runs=${stage.runs.join(',')}`)),
  screen('settings', (stage) => stage.go('settings')),
];

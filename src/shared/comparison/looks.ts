/** How compared runs are told apart: by their own colours, the same on every screen, and where those are shared by marks too. */
export interface RunLook {
  /** Series colour, 1 to 8. */
  colour: number;
  /** The shape on its lines (`figures/marks.ts`), from 1; 0 where no run before it has its colour. */
  mark: number;
}

/** Every run keeps its colour; of those that share one, all but the first have marks, each another. */
export function runLooks(runs: readonly { id: string; colour: number }[]): ReadonlyMap<string, RunLook> {
  const used = new Map<number, number>();
  return new Map(
    runs.map(({ id, colour }) => {
      const mark = used.get(colour) ?? 0;
      used.set(colour, mark + 1);
      return [id, { colour, mark }];
    }),
  );
}

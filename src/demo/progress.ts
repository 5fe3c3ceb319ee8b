/** How fast notices go out, as the API says it. */
type Rate = { readonly perSecond: number; readonly secondsLeft: number | null } | null;

const WIDTH = 30;
/** How many lines are written where there is no terminal. */
const LINES = 10;

/**
 * Shows how many of `total` notices have been accepted: a bar that fills on a terminal, elsewhere a plain line for each
 * tenth of them.
 */
export function showProgress(
  out: { readonly isTTY?: boolean; write(text: string): unknown },
  total: number,
): { update(accepted: number, rate: Rate): void; end(): void } {
  let linesShown = 0;
  return {
    update(accepted, rate) {
      const part = total === 0 ? 1 : Math.min(1, accepted / total);
      if (out.isTTY) {
        const filled = Math.round(part * WIDTH);
        // Erases what the line before had more.
        out.write(`\r   ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${words(accepted, total, rate)}\u001b[K`);
        return;
      }
      const reached = Math.floor(part * LINES);
      if (reached <= linesShown) return;
      linesShown = reached;
      out.write(`   ${words(accepted, total, rate)}\n`);
    },
    end() {
      if (out.isTTY) out.write('\n');
    },
  };
}

function words(accepted: number, total: number, rate: Rate): string {
  const parts = [`${accepted.toLocaleString('en')} of ${total.toLocaleString('en')} notices`];
  if (rate !== null && rate.perSecond > 0) parts.push(`${Math.round(rate.perSecond).toLocaleString('en')}/s`);
  if (rate?.secondsLeft) parts.push(`${duration(rate.secondsLeft)} left`);
  return parts.join(' · ');
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

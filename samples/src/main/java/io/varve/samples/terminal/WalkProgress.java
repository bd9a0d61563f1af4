package io.varve.samples.terminal;

import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far events got on their way: into the log, and from there into the read models.
 *
 * <pre>
 *   ██████████▒▒▒▒▒▒░░░░░░░░░░░░░░  in the log 61,000  in the read models 38,000  of 113,478
 * </pre>
 *
 * <p>On a terminal one line is drawn again and again; elsewhere there is a line for every tenth of
 * the way. One thread at a time.
 */
public final class WalkProgress {
    private static final int WIDTH = 32;
    private static final long REDRAW_NANOS = 50_000_000;
    private static final int STAGES = 10;

    private final Screen screen;
    private final long total;
    private long drawnAt = System.nanoTime() - REDRAW_NANOS;
    private int stage;

    /**
     * A walk that has not begun.
     *
     * @param screen where to show it
     * @param total events there are, 1 or more
     */
    public WalkProgress(Screen screen, long total) {
        this.screen = screen;
        this.total = total;
    }

    /**
     * Shows where the walk is, if that is worth a line or a drawing.
     *
     * @param logged events in the log
     * @param projected tells how many are in the read models; asked only when it is shown
     */
    public void show(long logged, LongSupplier projected) {
        if (screen.terminal()) {
            if (System.nanoTime() - drawnAt >= REDRAW_NANOS) {
                draw(logged, projected.getAsLong());
            }
        } else if (logged * STAGES / total > stage) {
            stage = (int) (logged * STAGES / total);
            screen.progress().println(text(logged, projected.getAsLong()));
        }
    }

    /** Ends the walk: the line on a terminal gives way to what is printed next. */
    public void end() {
        if (screen.terminal()) {
            screen.progress().print("\r\u001b[K");
            screen.progress().flush();
        }
    }

    private void draw(long logged, long projected) {
        screen.progress()
                .print("\r" + bar(logged, projected) + text(logged, projected) + "\u001b[K");
        screen.progress().flush();
        drawnAt = System.nanoTime();
    }

    private String bar(long logged, long projected) {
        int done = (int) (projected * WIDTH / total);
        int half = (int) (logged * WIDTH / total);
        return "  "
                + (screen.unicode() ? "█" : "#").repeat(done)
                + (screen.unicode() ? "▒" : "+").repeat(Math.max(0, half - done))
                + (screen.unicode() ? "░" : ".").repeat(WIDTH - Math.max(done, half));
    }

    private String text(long logged, long projected) {
        return String.format(
                Locale.ROOT,
                "  in the log %,d  in the read models %,d  of %,d",
                logged,
                projected,
                total);
    }
}

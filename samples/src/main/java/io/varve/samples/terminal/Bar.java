package io.varve.samples.terminal;

/** A length, drawn with characters. */
public final class Bar {
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private Bar() {}

    /**
     * Draws a bar.
     *
     * @param fraction of the width, 0 to 1; what lies outside is drawn as the nearest of these
     * @param width of the longest bar, in characters
     * @param unicode whether eighths of a block can be shown; {@code #} otherwise
     * @return 0 to {@code width} characters
     */
    public static String of(double fraction, int width, boolean unicode) {
        double length = Math.max(0, Math.min(1, fraction)) * width;
        if (!unicode) {
            return "#".repeat((int) Math.round(length));
        }
        int eighths = (int) Math.round(length * 8);
        String full = "█".repeat(eighths / 8);
        return eighths % 8 == 0 ? full : full + EIGHTHS.charAt(eighths % 8);
    }
}

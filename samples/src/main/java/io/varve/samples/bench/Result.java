package io.varve.samples.bench;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * One measurement.
 *
 * @param work what was done
 * @param codec how events were written
 * @param run which repetition, from 1
 * @param events how many
 * @param batch events in an append; empty, and printed as {@code -}, where nothing was appended
 * @param payloadBytes of an event, on average
 * @param nanos it took
 * @param diskBytes that the store has, or the read models; 0 or more
 * @param checked whether the results were as in a plain loop
 */
record Result(
        String work,
        String codec,
        int run,
        long events,
        OptionalInt batch,
        double payloadBytes,
        long nanos,
        long diskBytes,
        boolean checked) {
    /** One line for programs and people. */
    String line() {
        return String.format(
                Locale.ROOT,
                "work=%s codec=%s run=%d events=%d batch=%s durability=SYNC payload_avg=%.1f"
                        + " seconds=%.3f events/s=%.0f disk_bytes/event=%.1f machine=\"%s\""
                        + " checked=%s",
                work,
                codec,
                run,
                events,
                batch.isPresent() ? batch.getAsInt() : "-",
                payloadBytes,
                nanos / 1e9,
                events * 1e9 / nanos,
                (double) diskBytes / events,
                Machine.describe(),
                checked ? "yes" : "NO");
    }
}

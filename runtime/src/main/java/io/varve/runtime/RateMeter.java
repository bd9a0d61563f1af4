package io.varve.runtime;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast positions are passed, over the last ten seconds or so. Thread-safe. */
final class RateMeter {
    private static final long SPACING = 250_000_000L;
    private static final int KEPT = 40;
    private static final long STALE = KEPT * SPACING;

    private record Sample(long nanos, long position) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private Sample last;

    RateMeter(long nanos, long position) {
        last = new Sample(nanos, position);
        samples.add(last);
    }

    synchronized void passed(long nanos, long position) {
        last = new Sample(nanos, position);
        if (nanos - samples.getLast().nanos() >= SPACING) {
            samples.add(last);
        }
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    /** Positions a second; 0 if not known yet. Less and less of one that stands still for long. */
    synchronized double perSecond(long now) {
        Sample first = samples.getFirst();
        long end = now - last.nanos() > STALE ? now : last.nanos();
        long nanos = end - first.nanos();
        return nanos <= 0 ? 0 : (last.position() - first.position()) * 1e9 / nanos;
    }
}

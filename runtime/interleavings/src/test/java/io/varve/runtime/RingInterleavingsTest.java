package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.turns.Turns;
import java.util.List;
import java.util.Optional;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A tailer that publishes more than the ring holds, and a worker that takes a seat, reads, releases
 * and leaves, by all the ways in which they can take turns, as far as they are tried: as long as
 * the seat is not taken away, the worker sees what was published since it took it, each once.
 */
@Tag("faults")
class RingInterleavingsTest {
    private static final int WAYS = Integer.getInteger("varve.interleavings", 3_000);
    private static final int SLICES = 4;
    private static final EventSlice[] ALL = new EventSlice[SLICES];

    static {
        for (int i = 0; i < SLICES; i++) {
            ALL[i] = new EventSlice(i, i, EventSlice.UNKNOWN, Sources.Decoders.NONE, List.of(), 1);
        }
    }

    @Test
    void shouldShowWhatWasPublishedUnlessTheSeatIsTakenAway() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    EventRing ring = new EventRing(2);
                    Turns worker = Turns.of(() -> read(ring));
                    for (EventSlice slice : ALL) {
                        ring.publish(slice);
                    }
                    worker.end();
                    assertTrue(ring.held() <= 1, "held for nobody: " + ring.held());
                });
    }

    private static void read(EventRing ring) {
        EventRing.Seat seat = ring.attach();
        long next = seat.joined() + 1;
        while (next <= seat.available()) {
            Optional<EventSlice> slice = seat.slice(next);
            boolean right = slice.isPresent() && slice.get().first() == next;
            assertTrue(right || seat.isDetached(), "sequence=" + next + " slice=" + slice);
            if (seat.isDetached()) {
                break;
            }
            seat.release(next++);
        }
        seat.leave();
    }
}

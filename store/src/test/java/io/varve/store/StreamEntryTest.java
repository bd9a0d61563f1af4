package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is known of a stream in memory, against a list of positions. */
class StreamEntryTest {
    private final long seed = Long.getLong("varve.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final StreamEntry entry = new StreamEntry(0, StreamId.of("orders", "1"));
    private final List<Long> expected = new ArrayList<>();

    /** The first version that was not merged. */
    private int base;

    private long next;

    @Test
    void shouldFindEachEventWhetherOrNotOthersLieBetween() {
        for (int i = 0; i < 20_000; i++) {
            step(random.nextInt(10));
            check();
        }
    }

    private void step(int dice) {
        if (dice < 6) {
            append(dice < 5);
        } else if (dice < 7) {
            appendAlone();
        } else if (dice < 8 && expected.size() > base) {
            base += 1 + random.nextInt(expected.size() - base);
            entry.trim(base - 1);
        } else if (dice < 9) {
            next += 1 + random.nextInt(3); // of another stream
        }
    }

    private void append(boolean committed) {
        long from = next;
        List<Long> pending = new ArrayList<>();
        for (int runs = 1 + random.nextInt(3); runs > 0; runs--) {
            int events = 1 + random.nextInt(6);
            entry.noteNext(events, from);
            for (int i = 0; i < events; i++) {
                pending.add(from++);
            }
            from += random.nextInt(4) == 0 ? random.nextInt(3) : 0;
        }
        if (committed) {
            entry.publish();
            expected.addAll(pending);
            next = from;
        } else {
            entry.forgetPending();
        }
    }

    /** As when the log is read again. */
    private void appendAlone() {
        entry.note(entry.nextVersion(), next);
        entry.publish();
        expected.add(next++);
    }

    private void check() {
        StreamEntry.Tail tail = entry.tail();
        String where = "seed=" + seed + " version=";
        assertEquals(expected.size() - 1, tail.version(), where);
        assertEquals(base, tail.base(), where);
        for (int version = Math.max(0, base - 1); version < expected.size(); version++) {
            assertEquals(expected.get(version), tail.lastPosition(version), where + version);
        }
        long head = next == 0 ? 0 : random.nextLong(next);
        int last = expected.size() - 1;
        while (last >= base && expected.get(last) > head) {
            last--;
        }
        assertEquals(last, tail.versionAt(head), where + "at " + head);
    }
}

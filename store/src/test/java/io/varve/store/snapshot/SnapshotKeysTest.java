package io.varve.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The keys under which snapshots lie: what file-format.md draws. */
class SnapshotKeysTest {
    private static final List<String> NAMES = List.of("a", "ab", "b", "\u0001a");
    private static final List<String> STREAMS = List.of("a", "ab", "aaaaaaaaa", "b", "a\u0000");

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldHaveTheBytesThatAreDrawn() {
        SnapshotKeys keys = new SnapshotKeys("sums");
        assertArrayEquals(bytes("\u0004sumsk1"), keys.list("k1").toByteArray());
        assertArrayEquals(
                bytes("\u0004sumsk1\u0000\u0000\u0000\u0000\u0001\u0002\u0003\u00ff"),
                keys.snapshot("k1", 0x010203ffL).toByteArray());
        assertArrayEquals(
                bytes("\u0002\u00c3\u00bc\u00c3\u00b6"),
                new SnapshotKeys("\u00fc").list("\u00f6").toByteArray());
    }

    @Test
    void shouldOrderTheSnapshotsOfAStreamByVersion() {
        List<Long> versions =
                LongStream.of(0, 1, 127, 128, 255, 256, 65_535, 1L << 40, Long.MAX_VALUE)
                        .boxed()
                        .toList();
        SnapshotKeys keys = new SnapshotKeys("sums");
        for (int i = 1; i < versions.size(); i++) {
            byte[] lower = keys.snapshot("k", versions.get(i - 1)).toByteArray();
            byte[] higher = keys.snapshot("k", versions.get(i)).toByteArray();
            assertTrue(Arrays.compareUnsigned(lower, higher) < 0, versions.get(i)::toString);
        }
    }

    /** A fold or a stream whose name begins another's has none of its rows. */
    @Test
    void shouldKeepFoldsAndStreamsApart() {
        for (String name : NAMES) {
            for (String stream : STREAMS) {
                byte[] mine = new SnapshotKeys(name).list(stream).toByteArray();
                for (String other : NAMES) {
                    for (String key : STREAMS) {
                        boolean same = name.equals(other) && stream.equals(key);
                        byte[] theirs = new SnapshotKeys(other).list(key).toByteArray();
                        assertEquals(same, Arrays.equals(mine, theirs));
                        byte[] low = new SnapshotKeys(other).snapshot(key, 0).toByteArray();
                        byte[] high = new SnapshotKeys(other).snapshot(key, -1).toByteArray();
                        byte[] row = new SnapshotKeys(name).snapshot(stream, 9).toByteArray();
                        boolean within =
                                row.length == low.length
                                        && Arrays.compareUnsigned(row, low) >= 0
                                        && Arrays.compareUnsigned(row, high) <= 0;
                        assertEquals(same, within, name + " " + stream + " " + other + " " + key);
                    }
                }
            }
        }
    }

    @Test
    void shouldRefuseNamesThatAreNone() {
        assertThrows(IllegalArgumentException.class, () -> new SnapshotKeys(""));
        assertThrows(IllegalArgumentException.class, () -> new SnapshotKeys("\ud834"));
        String longest = "n".repeat(SnapshotKeys.MAX_NAME_BYTES);
        assertEquals(102, new SnapshotKeys(longest).list("k").length());
        assertThrows(LimitExceededException.class, () -> new SnapshotKeys(longest + "n"));
    }
}

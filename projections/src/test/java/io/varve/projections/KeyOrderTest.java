package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final long SEED = Long.getLong("varve.seed", 42);

    private static byte[] anyKey(Random random, byte[] common, int longest, int alphabet) {
        byte[] key = Arrays.copyOf(common, common.length + random.nextInt(longest + 1));
        for (int i = common.length; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(alphabet) - alphabet / 2);
        }
        return key;
    }

    private static String text(List<byte[]> keys) {
        return keys.stream().map(Arrays::toString).collect(Collectors.joining("\n"));
    }

    @Test
    void shouldSortAsUnsignedBytesAreCompared() {
        for (int run = 0; run < 60; run++) {
            Random random = new Random(SEED + run);
            byte[] common = new byte[random.nextInt(12)];
            random.nextBytes(common);
            int longest = random.nextInt(24);
            int alphabet = List.of(1, 2, 3, 256).get(random.nextInt(4));
            int count = random.nextInt(3_000);
            List<byte[]> keys = new ArrayList<>();
            List<Row<Integer, String>> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] key = anyKey(random, common, longest, alphabet);
                keys.add(key);
                rows.add(new Row<>(i, key, "", null));
            }
            KeyOrder.sort(rows);
            keys.sort(Arrays::compareUnsigned);
            assertEquals(
                    text(keys),
                    text(rows.stream().map(row -> row.keyBytes).toList()),
                    "seed=" + (SEED + run));
            assertEquals(count, rows.stream().map(row -> row.key).distinct().count());
        }
    }
}

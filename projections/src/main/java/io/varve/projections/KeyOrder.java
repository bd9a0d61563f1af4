package io.varve.projections;

import io.varve.store.errors.SerdeException;
import java.util.Arrays;
import java.util.List;

/**
 * Brings rows into the order of their keys' bytes.
 *
 * <p>Comparing keys reads two objects that are anywhere on the heap, some twenty times a row where
 * there are many. So eight bytes of each key are taken out first, from where the keys begin to
 * differ, and sorted by themselves, digit by digit; only rows that agree in these are compared.
 */
final class KeyOrder {
    /** Fewer are not worth the tables. */
    private static final int LEAST = 512;

    private static final int DIGITS = Long.BYTES;
    private static final int RADIX = 1 << Byte.SIZE;

    private KeyOrder() {}

    /** Refuses rows in order of which two have the same bytes. */
    static <K, V> void checkDistinct(List<Row<K, V>> rows, String store) {
        for (int i = 1; i < rows.size(); i++) {
            byte[] key = rows.get(i).keyBytes;
            if (Arrays.equals(rows.get(i - 1).keyBytes, key)) {
                // Not the event's fault, and without it the same would happen again.
                throw new SerdeException(
                        "Two keys that are not equal have the same bytes: store="
                                + store
                                + " bytes="
                                + Arrays.toString(key),
                        "Give the key's class an equals and hashCode that agree with its serde.",
                        null);
            }
        }
    }

    static <K, V> void sort(List<Row<K, V>> rows) {
        if (rows.size() < LEAST) {
            rows.sort((a, b) -> Arrays.compareUnsigned(a.keyBytes, b.keyBytes));
            return;
        }
        // Unchecked, as an array has no type parameters; it never leaves here.
        @SuppressWarnings({"unchecked", "rawtypes"})
        Row<K, V>[] before = rows.toArray(new Row[0]);
        int from = common(before);
        long[] prefixes = new long[before.length];
        for (int i = 0; i < before.length; i++) {
            prefixes[i] = prefix(before[i].keyBytes, from);
        }
        int[] order = order(prefixes);
        for (int i = 0; i < order.length; i++) {
            rows.set(i, before[order[i]]);
        }
        sortEqual(rows, order, prefixes);
    }

    /** How many bytes all keys begin with. */
    private static int common(Row<?, ?>[] rows) {
        byte[] first = rows[0].keyBytes;
        int common = first.length;
        for (int i = 1; i < rows.length && common > 0; i++) {
            byte[] key = rows[i].keyBytes;
            int length = Math.min(common, key.length);
            int mismatch = Arrays.mismatch(first, 0, length, key, 0, length);
            common = mismatch < 0 ? length : mismatch;
        }
        return common;
    }

    /** Eight bytes as a big-endian number; zeros stand for bytes behind the end. */
    private static long prefix(byte[] key, int from) {
        long prefix = 0;
        int to = Math.min(key.length, from + DIGITS);
        for (int i = from; i < to; i++) {
            prefix |= (key[i] & 0xFFL) << Byte.SIZE * (DIGITS - 1 - i + from);
        }
        return prefix;
    }

    /** The places of unsigned numbers in their order; stable. The numbers stay where they are. */
    private static int[] order(long[] numbers) {
        int[][] counts = new int[DIGITS][RADIX];
        for (long number : numbers) {
            for (int digit = 0; digit < DIGITS; digit++) {
                counts[digit][digit(number, digit)]++;
            }
        }
        int[] order = new int[numbers.length];
        Arrays.setAll(order, i -> i);
        int[] next = new int[numbers.length];
        long[] sorted = numbers.clone();
        long[] nextSorted = new long[numbers.length];
        for (int digit = 0; digit < DIGITS; digit++) {
            if (counts[digit][digit(numbers[0], digit)] == numbers.length) {
                continue; // the same everywhere
            }
            int[] places = places(counts[digit]);
            for (int i = 0; i < order.length; i++) {
                int place = places[digit(sorted[i], digit)]++;
                next[place] = order[i];
                nextSorted[place] = sorted[i];
            }
            int[] freeOrder = order;
            order = next;
            next = freeOrder;
            long[] freeSorted = sorted;
            sorted = nextSorted;
            nextSorted = freeSorted;
        }
        return order;
    }

    private static int digit(long number, int digit) {
        return (int) (number >>> Byte.SIZE * digit) & RADIX - 1;
    }

    private static int[] places(int[] counts) {
        int[] places = new int[RADIX];
        for (int i = 1; i < RADIX; i++) {
            places[i] = places[i - 1] + counts[i - 1];
        }
        return places;
    }

    private static <K, V> void sortEqual(List<Row<K, V>> rows, int[] order, long[] prefixes) {
        int begin = 0;
        for (int i = 1; i <= order.length; i++) {
            if (i == order.length || prefixes[order[i]] != prefixes[order[begin]]) {
                if (i - begin > 1) {
                    rows.subList(begin, i)
                            .sort((a, b) -> Arrays.compareUnsigned(a.keyBytes, b.keyBytes));
                }
                begin = i;
            }
        }
    }
}

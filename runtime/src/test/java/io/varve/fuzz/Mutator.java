package io.varve.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes inputs of other inputs, and keeps those that were answered in a way that none before was.
 * What it makes follows from its seed. One thread at a time.
 */
final class Mutator {
    private static final int MOST_KEPT = 1_000;
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        7,
        16,
        127,
        128,
        255,
        256,
        4096,
        32767,
        32768,
        65535,
        65536,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 47,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final byte[] MARKS = " \"{}[]:,\\0123456789-+.eE\n/\0tfn\uFFFD".getBytes();

    private final SplittableRandom random;
    private final List<byte[]> kept;
    private final int longest;

    Mutator(List<byte[]> begin, long seed) {
        kept = new ArrayList<>(begin);
        if (kept.isEmpty()) {
            kept.add(new byte[0]);
        }
        random = new SplittableRandom(seed);
        longest = Math.max(512, 2 * kept.stream().mapToInt(input -> input.length).max().orElse(0));
    }

    /** Keeps an input, to make others of it. */
    void keep(byte[] input) {
        if (kept.size() < MOST_KEPT) {
            kept.add(input);
        } else {
            kept.set(random.nextInt(MOST_KEPT), input);
        }
    }

    /** The next input. */
    byte[] next() {
        byte[] input = kept.get(random.nextInt(kept.size())).clone();
        for (int changes = 1 + random.nextInt(1 + random.nextInt(5)); changes > 0; changes--) {
            input = changed(input);
        }
        return input.length > longest ? Arrays.copyOf(input, longest) : input;
    }

    private byte[] changed(byte[] input) {
        int kind = random.nextInt(14);
        if (input.length == 0 || kind < 5) {
            return resized(input, kind);
        }
        int at = random.nextInt(input.length);
        switch (kind) {
            case 5, 6 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 7 -> input[at] = (byte) random.nextInt();
            case 8 -> input[at] += (byte) (random.nextInt(9) - 4);
            case 9 -> input[at] = MARKS[random.nextInt(MARKS.length)];
            case 10, 11 -> number(input, at);
            case 12 -> {
                int to = at + random.nextInt(Math.min(16, input.length - at) + 1);
                Arrays.fill(input, at, to, input[at]);
            }
            default -> {
                byte[] other = kept.get(random.nextInt(kept.size()));
                int length =
                        Math.min(random.nextInt(40), Math.min(input.length - at, other.length));
                int from = random.nextInt(other.length - length + 1);
                System.arraycopy(other, from, input, at, length);
            }
        }
        return input;
    }

    private byte[] resized(byte[] input, int kind) {
        int at = random.nextInt(input.length + 1);
        return switch (kind) {
            case 0 -> Arrays.copyOf(input, at);
            case 1 -> joined(input, at, random(1 + random.nextInt(8)), at);
            case 2 -> joined(input, at, new byte[0], at + random.nextInt(input.length - at + 1));
            case 3 -> joined(input, at, input, random.nextInt(input.length + 1));
            default -> {
                byte[] other = kept.get(random.nextInt(kept.size()));
                yield joined(input, at, other, input.length);
            }
        };
    }

    /** The beginning of an input, something else, and its end. */
    private byte[] joined(byte[] input, int to, byte[] middle, int from) {
        int room = Math.min(middle.length, Math.max(0, longest - input.length));
        byte[] all = Arrays.copyOf(input, to + room + input.length - from);
        System.arraycopy(middle, 0, all, to, room);
        System.arraycopy(input, from, all, to + room, input.length - from);
        return all;
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Puts a number where a length may be, or a count, or a position. */
    private void number(byte[] input, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(3) - 1;
        int width = 1 << random.nextInt(4);
        if (at + width > input.length) {
            input[at] = (byte) number;
            return;
        }
        ByteBuffer out =
                ByteBuffer.wrap(input)
                        .order(
                                random.nextBoolean()
                                        ? ByteOrder.LITTLE_ENDIAN
                                        : ByteOrder.BIG_ENDIAN);
        switch (width) {
            case 1 -> out.put(at, (byte) number);
            case 2 -> out.putShort(at, (short) number);
            case 4 -> out.putInt(at, (int) number);
            default -> out.putLong(at, number);
        }
    }
}

package io.varve.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Damages the bytes of a file: any of them, or, half of the time, those that others are found by.
 * One thread.
 */
final class FlipDamage {
    private static final int PAGE = 4096;
    private static final int SECTOR = 512;
    private static final byte[] BLOCK = {'V', 'B', 'L', 'K'};

    private final SplittableRandom random;
    private final Path older;

    /** What was done, for whoever looks for its cause. */
    private String what = "";

    /** Older states of all files are below a folder, each in a folder of its own. */
    FlipDamage(SplittableRandom random, Path older) {
        this.random = random;
        this.older = older;
    }

    String what() {
        return what;
    }

    boolean isStale() {
        return what.startsWith("stale");
    }

    /** The bytes of a file with damage, which may be more or fewer. */
    byte[] damaged(Path name, byte[] whole) throws IOException {
        byte[] bytes = whole.clone();
        if (bytes.length == 0) {
            return longer(bytes);
        }
        boolean pages = name.endsWith("data.mdb") && bytes.length >= 2 * PAGE;
        return switch (random.nextInt(16)) {
            case 0 -> Arrays.copyOf(bytes, cut(bytes.length));
            case 1 -> longer(bytes);
            case 2 -> overwrite(bytes);
            case 3 -> pages ? anotherPage(bytes) : overwrite(bytes);
            case 4, 5 -> pages ? stale(name, bytes) : flip(bytes);
            case 6, 7, 8 -> flip(bytes);
            default -> pages ? structure(bytes) : flip(bytes);
        };
    }

    private int cut(int length) {
        int to = random.nextInt(length);
        int unit = random.nextInt(3) == 0 ? 1 : random.nextBoolean() ? SECTOR : PAGE;
        what = "cut to " + to / unit * unit;
        return to / unit * unit;
    }

    private byte[] longer(byte[] bytes) {
        int more = 1 + random.nextInt(random.nextBoolean() ? 64 : 2 * PAGE);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more);
        boolean garbage = random.nextBoolean();
        if (garbage) {
            garbage(longer, bytes.length, more);
        }
        what = "longer by " + more + (garbage ? " garbage" : " zeros");
        return longer;
    }

    private void garbage(byte[] bytes, int from, int length) {
        byte[] some = new byte[length];
        random.nextBytes(some);
        System.arraycopy(some, 0, bytes, from, length);
    }

    private byte[] overwrite(byte[] bytes) {
        int at = random.nextInt(bytes.length) / SECTOR * SECTOR;
        int length = Math.min(random.nextBoolean() ? SECTOR : PAGE, bytes.length - at);
        boolean zeros = random.nextBoolean();
        if (zeros) {
            Arrays.fill(bytes, at, at + length, (byte) 0);
        } else {
            garbage(bytes, at, length);
        }
        what = (zeros ? "zeros" : "garbage") + " at " + at + " length " + length;
        return bytes;
    }

    private byte[] anotherPage(byte[] bytes) {
        int pages = bytes.length / PAGE;
        int from = random.nextInt(pages);
        int to = random.nextInt(pages);
        System.arraycopy(bytes, from * PAGE, bytes, to * PAGE, PAGE);
        what = "page " + from + " in place of " + to;
        return bytes;
    }

    /** A page as it was at an earlier time, as if it had never been written since. */
    private byte[] stale(Path name, byte[] bytes) throws IOException {
        Path before = older.resolve(String.valueOf(random.nextInt(2))).resolve(name);
        byte[] old = Files.exists(before) ? Files.readAllBytes(before) : new byte[0];
        int pages = Math.min(old.length, bytes.length) / PAGE;
        int first = random.nextInt(Math.max(1, pages));
        for (int i = 0; i < pages; i++) {
            int at = (first + i) % pages * PAGE;
            if (!Arrays.equals(old, at, at + PAGE, bytes, at, at + PAGE)) {
                System.arraycopy(old, at, bytes, at, PAGE);
                what = "stale page " + at / PAGE;
                return bytes;
            }
        }
        return flip(bytes);
    }

    private byte[] flip(byte[] bytes) {
        StringBuilder said = new StringBuilder("bits");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            flip(bytes, random.nextInt(bytes.length), said);
        }
        what = said.toString();
        return bytes;
    }

    private void flip(byte[] bytes, int at, StringBuilder said) {
        int place = Math.max(0, Math.min(bytes.length - 1, at));
        int bit = random.nextInt(8);
        bytes[place] ^= (byte) (1 << bit);
        said.append(' ').append(place / PAGE).append('+').append(place % PAGE).append('/');
        said.append(bit);
    }

    /** Heads of pages and of blocks, where rows are, their lengths, their keys. */
    private byte[] structure(byte[] bytes) {
        StringBuilder said = new StringBuilder("structure");
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int page = random.nextInt(bytes.length / PAGE) * PAGE;
            switch (random.nextInt(5)) {
                case 0 -> flip(bytes, page + random.nextInt(16), said);
                case 1 -> flip(bytes, page + 16 + random.nextInt(32), said);
                case 2 -> flip(bytes, random.nextInt(2) * PAGE + random.nextInt(152), said);
                case 3 -> flip(bytes, block(bytes, page) + random.nextInt(88), said);
                default -> flip(bytes, node(in, page) + random.nextInt(24), said);
            }
        }
        what = said.toString();
        return bytes;
    }

    /** The first block at or behind a page. */
    private static int block(byte[] bytes, int page) {
        for (int at = page; at + BLOCK.length < bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + BLOCK.length, BLOCK, 0, BLOCK.length)) {
                return at;
            }
        }
        return page;
    }

    private int node(ByteBuffer in, int page) {
        int end = in.getShort(page + 12) & 0xffff;
        int count = Math.max(1, Math.min(2000, (end - 16) / 2));
        int node = in.getShort(page + 16 + 2 * random.nextInt(count)) & 0xffff;
        return page + Math.min(PAGE - 1, node);
    }
}

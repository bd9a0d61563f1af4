package io.varve.store.lmdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages the bytes of an LMDB file, mostly where LMDB itself would follow them. */
public final class DamagedPages {
    private static final int PAGE = 4096;

    private DamagedPages() {}

    /** Damages one thing. */
    public static void damage(byte[] file, SplittableRandom random) {
        int page = random.nextInt(file.length / PAGE) * PAGE;
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> flip(file, page + random.nextInt(48), random);
            case 3 -> flip(file, random.nextInt(2) * PAGE + random.nextInt(152), random);
            case 4 -> flip(file, node(file, page, random), random);
            case 5 -> flip(file, page + PAGE - 1 - random.nextInt(200), random);
            case 6 -> Arrays.fill(file, page, page + PAGE, (byte) 0);
            case 7 -> {
                int other = random.nextInt(file.length / PAGE) * PAGE;
                System.arraycopy(file, page, file, other, PAGE);
            }
            case 8 -> Arrays.fill(file, page + random.nextInt(8) * 512, page + PAGE, (byte) 0);
            default -> flip(file, random.nextInt(file.length), random);
        }
    }

    private static void flip(byte[] file, int at, SplittableRandom random) {
        file[Math.min(file.length - 1, at)] ^= (byte) (1 << random.nextInt(8));
    }

    /** A byte in the header, the key or the beginning of the data of some node of a page. */
    private static int node(byte[] file, int page, SplittableRandom random) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int end = in.getShort(page + 12) & 0xffff;
        int count = Math.max(1, Math.min(2000, (end - 16) / 2));
        int node = in.getShort(page + 16 + 2 * random.nextInt(count)) & 0xffff;
        return page + Math.min(PAGE - 1, node) + random.nextInt(32);
    }
}

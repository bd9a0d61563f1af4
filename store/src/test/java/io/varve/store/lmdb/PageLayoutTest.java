package io.varve.store.lmdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageLayoutTest {
    private static final int PAGE = 4096;
    private static final int NODE = 8;
    private static final int NUMBER = 7;

    private final Random random = new Random(seed());
    private final ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);

    private static long seed() {
        long seed = Long.getLong("varve.seed", 42);
        System.out.println("seed=" + seed);
        return seed;
    }

    /** A leaf page as LMDB makes it: nodes of several lengths, in any order, side by side. */
    private void fill() {
        page.clear();
        page.putLong(0, NUMBER).putShort(PageLayout.KIND, (short) PageLayout.LEAF);
        List<Integer> nodes = new ArrayList<>();
        int begin = PAGE;
        while (true) {
            int key = 1 + random.nextInt(40);
            int value = random.nextInt(60);
            int length = NODE + key + value + 1 & -2;
            if (begin - length < PageLayout.HEADER + 2 * (nodes.size() + 1)) {
                break;
            }
            begin -= length;
            page.putInt(begin, value).putShort(begin + 4, (short) 0);
            page.putShort(begin + 6, (short) key);
            for (int b = 0; b < key; b++) {
                page.put(begin + NODE + b, (byte) random.nextInt());
            }
            nodes.add(begin);
        }
        Collections.shuffle(nodes, random);
        for (int i = 0; i < nodes.size(); i++) {
            page.putShort(PageLayout.HEADER + 2 * i, nodes.get(i).shortValue());
        }
        page.putShort(12, (short) (PageLayout.HEADER + 2 * nodes.size()));
        page.putShort(14, (short) begin);
    }

    /** The rule as it is written: each byte from the first node on belongs to one node. */
    private boolean liesSideBySide() {
        int begin = page.getShort(14) & 0xffff;
        BitSet taken = new BitSet();
        for (int at = PageLayout.HEADER; at < (page.getShort(12) & 0xffff); at += 2) {
            int node = page.getShort(at) & 0xffff;
            if (node < begin || node % 2 != 0 || node > PAGE - NODE) {
                return false;
            }
            int key = page.getShort(node + 6) & 0xffff;
            long length = NODE + key + (page.getInt(node) & 0xffff_ffffL) + 1 & -2;
            if (key < 1 || key > 511 || node + length > PAGE) {
                return false;
            }
            int before = taken.nextSetBit(node);
            if (before >= 0 && before < node + length) {
                return false;
            }
            taken.set(node, (int) (node + length));
        }
        return taken.cardinality() == PAGE - begin;
    }

    private String problem() {
        return new PageLayout(page).problem(NUMBER, PageLayout.LEAF, 1);
    }

    @Test
    void shouldFindNothingWrongWithWholePages() {
        for (int round = 0; round < 500; round++) {
            fill();
            assertTrue(liesSideBySide());
            assertEquals("", problem());
        }
    }

    /** Shifts where nodes begin and how long they are: some pages stay whole, most do not. */
    @Test
    void shouldSeeNodesThatOverlapOrLeaveGaps() {
        int whole = 0;
        for (int round = 0; round < 20_000; round++) {
            fill();
            int count = (page.getShort(12) - PageLayout.HEADER) / 2;
            for (int change = random.nextInt(3); change >= 0; change--) {
                int one = PageLayout.HEADER + 2 * random.nextInt(count);
                int other = PageLayout.HEADER + 2 * random.nextInt(count);
                int node = page.getShort(one) & 0xffff;
                switch (random.nextInt(4)) {
                    case 0 -> page.putShort(one, page.getShort(other));
                    case 1 -> page.putInt(node, Math.max(0, page.getInt(node) + shift()));
                    case 2 -> page.putShort(one, (short) Math.max(0, node + shift()));
                    default -> page.putShort(14, (short) Math.max(0, page.getShort(14) + shift()));
                }
            }
            boolean right = liesSideBySide() && (page.getShort(14) & 1) == 0 && hasRoom();
            whole += right ? 1 : 0;
            assertEquals(right, problem().isEmpty(), this::problem);
        }
        assertTrue(whole > 100 && whole < 10_000, "whole=" + whole);
    }

    private boolean hasRoom() {
        return (page.getShort(12) & 0xffff) <= (page.getShort(14) & 0xffff);
    }

    private int shift() {
        return random.nextInt(5) - 2;
    }

    @Test
    void shouldOrderBeginningsOfKeysAsTheKeysAre() {
        for (int round = 0; round < 300; round++) {
            fill();
            PageLayout layout = new PageLayout(page);
            for (int i = 1; i < layout.count(); i++) {
                long before = layout.keyBeginning(i - 1, false);
                long beginning = layout.keyBeginning(i, false);
                int order = Arrays.compareUnsigned(beginning(layout, i - 1), beginning(layout, i));
                assertEquals(Integer.signum(order), Long.compareUnsigned(before, beginning));
            }
        }
    }

    /** Sorts the nodes by key, then mostly puts some out of order or gives two the same key. */
    @Test
    void shouldSeeKeysThatDoNotAscend() {
        int ascending = 0;
        for (int round = 0; round < 2_000; round++) {
            fill();
            PageLayout layout = new PageLayout(page);
            sort(layout);
            int first = random.nextInt(2);
            if (random.nextInt(4) > 0) {
                change(layout, first + random.nextInt(layout.count() - 1 - first));
            }
            assertEquals("", layout.problem(NUMBER, PageLayout.LEAF, 1));
            boolean ascends = true;
            for (int i = first + 1; i < layout.count(); i++) {
                ascends &= Arrays.compareUnsigned(key(layout, i - 1), key(layout, i)) < 0;
            }
            assertEquals(ascends, layout.ascends(first, false));
            ascending += ascends ? 1 : 0;
        }
        assertTrue(ascending > 400 && ascending < 1_600, "ascending=" + ascending);
    }

    private void sort(PageLayout layout) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < layout.count(); i++) {
            order.add(i);
        }
        order.sort((i, j) -> Arrays.compareUnsigned(key(layout, i), key(layout, j)));
        short[] nodes = new short[order.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = page.getShort(PageLayout.HEADER + 2 * order.get(i));
        }
        for (int i = 0; i < nodes.length; i++) {
            page.putShort(PageLayout.HEADER + 2 * i, nodes[i]);
        }
        layout.look();
    }

    private void change(PageLayout layout, int i) {
        if (random.nextBoolean()) {
            int at = PageLayout.HEADER + 2 * i;
            short node = page.getShort(at);
            page.putShort(at, page.getShort(at + 2)).putShort(at + 2, node);
        } else {
            byte[] key = key(layout, i);
            int length = Math.min(key.length, layout.keyLength(i + 1));
            page.put(layout.keyOffset(i + 1), key, 0, length);
        }
    }

    private byte[] key(PageLayout layout, int i) {
        byte[] key = new byte[layout.keyLength(i)];
        page.get(layout.keyOffset(i), key);
        return key;
    }

    private byte[] beginning(PageLayout layout, int i) {
        byte[] bytes = new byte[Long.BYTES];
        for (int b = 0; b < Math.min(bytes.length, layout.keyLength(i)); b++) {
            bytes[b] = page.get(layout.keyOffset(i) + b);
        }
        return bytes;
    }
}

package io.varve.store.lmdb;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A set of page numbers: one bit for each page up to the greatest. */
final class PageSet {
    private static final int PART_BITS = 1 << 27;

    private final List<BitSet> parts = new ArrayList<>();
    private long size;

    /** Adds a number; false if it was there already. */
    boolean add(long number) {
        int part = Math.toIntExact(number / PART_BITS);
        while (parts.size() <= part) {
            parts.add(new BitSet());
        }
        BitSet bits = parts.get(part);
        int bit = (int) (number % PART_BITS);
        if (bits.get(bit)) {
            return false;
        }
        bits.set(bit);
        size++;
        return true;
    }

    /** Adds all numbers of another set; returns one that was there already, or -1. */
    long addAll(PageSet other) {
        long twice = -1;
        while (parts.size() < other.parts.size()) {
            parts.add(new BitSet());
        }
        size = 0;
        for (int part = 0; part < parts.size(); part++) {
            BitSet bits = parts.get(part);
            if (part < other.parts.size()) {
                BitSet more = other.parts.get(part);
                if (bits.intersects(more)) {
                    BitSet both = (BitSet) bits.clone();
                    both.and(more);
                    twice = (long) part * PART_BITS + both.nextSetBit(0);
                }
                bits.or(more);
            }
            size += bits.cardinality();
        }
        return twice;
    }

    boolean has(long number) {
        int part = Math.toIntExact(number / PART_BITS);
        return part < parts.size() && parts.get(part).get((int) (number % PART_BITS));
    }

    /** The least number in it from one on, or -1. */
    long next(long from) {
        int bit = (int) (from % PART_BITS);
        for (int part = Math.toIntExact(from / PART_BITS); part < parts.size(); part++) {
            int found = parts.get(part).nextSetBit(bit);
            if (found >= 0) {
                return (long) part * PART_BITS + found;
            }
            bit = 0;
        }
        return -1;
    }

    long size() {
        return size;
    }
}

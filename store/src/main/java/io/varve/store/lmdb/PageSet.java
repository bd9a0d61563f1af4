package io.varve.store.lmdb;

import java.util.Arrays;

/** A set of page numbers: one bit for each page up to the greatest. */
final class PageSet {
    private static final int WORD_BITS = 6;

    private long[] words = new long[8];
    private long size;

    /** Adds a number; false if it was there already. */
    boolean add(long number) {
        int word = Math.toIntExact(number >> WORD_BITS);
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length + words.length / 2));
        }
        long before = words[word];
        long after = before | 1L << number;
        words[word] = after;
        if (before == after) {
            return false;
        }
        size++;
        return true;
    }

    /** Adds all numbers of another set; returns one that was there already, or -1. */
    long addAll(PageSet other) {
        long twice = -1;
        if (words.length < other.words.length) {
            words = Arrays.copyOf(words, other.words.length);
        }
        for (int word = 0; word < other.words.length; word++) {
            long more = other.words[word];
            long both = words[word] & more;
            if (both != 0) {
                twice = ((long) word << WORD_BITS) + Long.numberOfTrailingZeros(both);
            }
            size += Long.bitCount(more) - Long.bitCount(both);
            words[word] |= more;
        }
        return twice;
    }

    boolean has(long number) {
        int word = Math.toIntExact(number >> WORD_BITS);
        return word < words.length && (words[word] & 1L << number) != 0;
    }

    /** The least number in it from one on, or -1. */
    long next(long from) {
        int word = Math.toIntExact(from >> WORD_BITS);
        if (word >= words.length) {
            return -1;
        }
        long left = words[word] & -1L << from;
        while (left == 0) {
            word++;
            if (word == words.length) {
                return -1;
            }
            left = words[word];
        }
        return ((long) word << WORD_BITS) + Long.numberOfTrailingZeros(left);
    }

    long size() {
        return size;
    }
}

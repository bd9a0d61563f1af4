package io.varve.store;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The categories of streams, as numbers, so that a scan compares no names: four bytes for each
 * stream that a scan has met. Streams never change their category, so what was found stays true.
 * Thread-safe.
 */
final class StreamCategories {
    private static final int PAGE_BITS = 12;
    private static final int PAGE = 1 << PAGE_BITS;

    private final EventView.Names names;

    /** From 1; 0 is not known. */
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

    /** By stream number. Racing threads write the same number, so plain elements will do. */
    private volatile int[][] pages = {};

    StreamCategories(EventView.Names names) {
        this.names = names;
    }

    /** The number of a category; 0 while no stream of it was met. */
    int number(String category) {
        return numbers.getOrDefault(category, 0);
    }

    /** The number of a stream's category. */
    int of(int stream) {
        int[][] known = pages;
        int page = stream >>> PAGE_BITS;
        int number = page < known.length ? known[page][stream & PAGE - 1] : 0;
        return number != 0 ? number : find(stream);
    }

    private synchronized int find(int stream) {
        String category = names.stream(stream).category();
        int number = numbers.computeIfAbsent(category, name -> numbers.size() + 1);
        int page = stream >>> PAGE_BITS;
        int before = pages.length;
        if (page >= before) {
            int[][] more = Arrays.copyOf(pages, page + 1);
            for (int i = before; i <= page; i++) {
                more[i] = new int[PAGE];
            }
            pages = more;
        }
        pages[page][stream & PAGE - 1] = number;
        return number;
    }
}

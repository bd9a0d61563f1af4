package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Streams in the order of their names' bytes, as of the head when it was made. It holds no
 * transaction between two calls: the index is read a page at a time, and the streams that it did
 * not have at the beginning are remembered. One thread at a time.
 *
 * <p>What the index lacks at the beginning, memory has then; what it has by the time its page is
 * read shows there, too, and is taken once.
 */
final class StreamPages implements Iterator<StreamInfo> {
    private static final int PAGE = 256;

    private final StreamCatalog catalog;
    private final StreamIndex index;
    private final long head;
    private final String prefix;
    private final ArrayDeque<Named> unmerged = new ArrayDeque<>();
    private final ArrayDeque<Named> page = new ArrayDeque<>();

    /** Where the next page begins; empty behind the last. */
    private Optional<byte[]> from;

    private Optional<StreamInfo> next = Optional.empty();

    /** A stream by the bytes of its name, {@code category/key}. */
    record Named(byte[] name, int number) {}

    /**
     * Before the first stream.
     *
     * @param catalog what looks at one stream
     * @param index of streams
     * @param recent streams that the index may not have
     * @param head as of which they are told
     * @param prefix of their names
     * @param from the first name, not less than the prefix
     */
    StreamPages(
            StreamCatalog catalog,
            StreamIndex index,
            List<StreamEntry> recent,
            long head,
            String prefix,
            String from) {
        this.catalog = catalog;
        this.index = index;
        this.head = head;
        this.prefix = prefix;
        this.from = Optional.of(utf8(from));
        byte[] first = utf8(from);
        recent.stream()
                .filter(entry -> entry.id().toString().startsWith(prefix))
                .map(entry -> new Named(utf8(entry.id().toString()), entry.number()))
                .filter(named -> Arrays.compareUnsigned(named.name(), first) >= 0)
                .sorted((a, b) -> Arrays.compareUnsigned(a.name(), b.name()))
                .forEach(unmerged::add);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean hasNext() {
        while (next.isEmpty()) {
            Optional<Named> named = pop();
            if (named.isEmpty()) {
                return false;
            }
            next = catalog.info(named.get().number(), head);
        }
        return true;
    }

    @Override
    public StreamInfo next() {
        if (!hasNext()) {
            throw new NoSuchElementException("There is no stream behind the last one");
        }
        StreamInfo info = next.orElseThrow();
        next = Optional.empty();
        return info;
    }

    /** The lesser of the two firsts; both where they are the same. */
    private Optional<Named> pop() {
        if (page.isEmpty()) {
            from.ifPresent(this::turn);
        }
        Named merged = page.peek();
        Named recent = unmerged.peek();
        if (merged == null) {
            return Optional.ofNullable(unmerged.poll());
        }
        int order = recent == null ? -1 : Arrays.compareUnsigned(merged.name(), recent.name());
        if (order > 0) {
            return Optional.of(unmerged.remove());
        }
        if (order == 0) {
            unmerged.remove();
        }
        return Optional.of(page.remove());
    }

    private void turn(byte[] first) {
        index.page(new BytesWriter().putBytes(first).view(), utf8(prefix), PAGE, page);
        // The least name that is greater than the last one.
        from =
                page.size() < PAGE
                        ? Optional.empty()
                        : Optional.of(
                                Arrays.copyOf(
                                        page.getLast().name(), page.getLast().name().length + 1));
    }
}

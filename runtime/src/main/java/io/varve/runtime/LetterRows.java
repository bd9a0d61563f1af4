package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Rows of the tables of dead letters. Numbers are little-endian, texts are UTF-8 behind their
 * length in two bytes.
 *
 * <pre>
 * varve/dead-letters
 *   key    position (8, so that byte order is numeric order)
 *   value  kind (1) | attempts (4) | time in ms (8) | stream | type | class | message
 *          kind: 1 dead, 2 waiting, 3 skipped; an empty class: no failure
 *
 * varve/quarantine
 *   key    stream, as in category/key
 *   value  first position (8) | number waiting (4) | 1 if the first is dead, 0 if it waits (1)
 * </pre>
 */
final class LetterRows {
    static final String LETTERS = "varve/dead-letters";
    static final String QUARANTINE = "varve/quarantine";

    private static final DeadLetter.Kind[] KINDS = {
        DeadLetter.Kind.DEAD, DeadLetter.Kind.WAITING, DeadLetter.Kind.SKIPPED
    };

    /**
     * A stream under quarantine.
     *
     * @param first position that is not applied
     * @param waiting how many wait
     * @param dead whether the first has failed; otherwise it waits, because that one was discarded
     */
    record Held(long first, int waiting, boolean dead) {
        int letters() {
            return waiting + (dead ? 1 : 0);
        }
    }

    private final BytesWriter key = new BytesWriter();
    private final BytesWriter value = new BytesWriter();

    BytesView key(long position) {
        return key.reset().putOrderedLong(position).view();
    }

    private BytesView key(StreamId stream) {
        return key.reset().putUtf8(stream.toString()).view();
    }

    void put(Table letters, DeadLetter letter) {
        value.reset();
        value.putByte(1 + java.util.Arrays.asList(KINDS).indexOf(letter.kind()));
        value.putInt(letter.attempts());
        value.putLong(letter.time().toEpochMilli());
        text(letter.stream().toString());
        text(letter.type());
        text(letter.failure().map(DeadLetter.Failure::className).orElse(""));
        text(letter.failure().map(DeadLetter.Failure::message).orElse(""));
        letters.put(key(letter.position()), value.view());
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        value.putShort(bytes.length).putBytes(bytes);
    }

    void put(Table quarantine, StreamId stream, Held held) {
        value.reset().putLong(held.first()).putInt(held.waiting()).putByte(held.dead() ? 1 : 0);
        quarantine.put(key(stream), value.view());
    }

    void delete(Table letters, long position) {
        letters.delete(key(position));
    }

    void delete(Table quarantine, StreamId stream) {
        quarantine.delete(key(stream));
    }

    /** Visits letters in order of position, from a position, until the visitor returns false. */
    void scan(StateView view, long from, Predicate<DeadLetter> visitor) {
        scan(view.table(LETTERS), from, visitor);
    }

    /** Likewise, inside a transaction. */
    void scan(ReadOnlyTable letters, long from, Predicate<DeadLetter> visitor) {
        letters.scan(
                key(from),
                new BytesView(),
                (rowKey, row) -> visitor.test(letter(position(rowKey), row)));
    }

    Optional<DeadLetter> find(StateView view, long position) {
        BytesView row = new BytesView();
        return view.table(LETTERS).get(key(position), row)
                ? Optional.of(letter(position, row))
                : Optional.empty();
    }

    private static long position(BytesView key) {
        return Long.reverseBytes(key.getLong(0)) ^ Long.MIN_VALUE;
    }

    private static DeadLetter letter(long position, BytesView row) {
        int at = 13;
        String[] texts = new String[4];
        for (int i = 0; i < texts.length; i++) {
            int length = row.getShort(at) & 0xFFFF;
            texts[i] = row.getUtf8(at + 2, length);
            at += 2 + length;
        }
        return new DeadLetter(
                position,
                KINDS[row.getByte(0) - 1],
                stream(texts[0]),
                texts[1],
                row.getInt(1),
                texts[2].isEmpty()
                        ? Optional.empty()
                        : Optional.of(new DeadLetter.Failure(texts[2], texts[3])),
                Instant.ofEpochMilli(row.getLong(5)));
    }

    private static StreamId stream(String text) {
        int slash = text.indexOf('/');
        return StreamId.of(text.substring(0, slash), text.substring(slash + 1));
    }

    /** Visits a stream under quarantine. */
    @FunctionalInterface
    interface HeldVisitor {
        void held(StreamId stream, Held held);
    }

    static void scanHeld(StateView view, HeldVisitor visitor) {
        view.table(QUARANTINE)
                .scan(
                        new BytesView(),
                        new BytesView(),
                        (rowKey, row) -> {
                            StreamId stream = stream(rowKey.getUtf8(0, rowKey.length()));
                            boolean dead = row.getByte(12) == 1;
                            visitor.held(stream, new Held(row.getLong(0), row.getInt(8), dead));
                            return true;
                        });
    }
}

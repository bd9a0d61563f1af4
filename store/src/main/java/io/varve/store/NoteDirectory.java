package io.varve.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Idempotency keys and producer marks: those that the index has not are in memory. Called under the
 * append lock, but for {@link #markAt}, which any thread may call.
 */
final class NoteDirectory {
    /** What a key costs in memory beside its text, as events whose positions are kept there. */
    private static final int KEY_WEIGHT = 25;

    private final LogIndex index;
    private final Map<String, AppendKey> keys = new HashMap<>();
    private final Map<String, Marks> marks = new ConcurrentHashMap<>();
    private AppendNotes unmerged = new AppendNotes();
    private long weight;

    NoteDirectory(LogIndex index) {
        this.index = index;
    }

    /** The newest mark of a producer, and the one there was before the commit that set it. */
    private record Marks(AppendMark newest, Optional<AppendMark> before) {}

    Optional<AppendKey> key(String key) {
        AppendKey recent = keys.get(key);
        return recent != null ? Optional.of(recent) : index.notes.key(key);
    }

    /** The newest mark of a producer. */
    Optional<AppendMark> mark(String producer) {
        Marks recent = marks.get(producer);
        return recent != null ? Optional.of(recent.newest()) : index.notes.mark(producer);
    }

    /** The mark of a producer as of the head, or later. */
    Optional<RecordedMark> markAt(String producer, long head) {
        Marks recent = marks.get(producer);
        if (recent == null) {
            // What left the memory is in the index, and was visible before.
            return index.notes.mark(producer).map(AppendMark::mark);
        }
        boolean visible = recent.newest().firstPosition() <= head;
        return (visible ? Optional.of(recent.newest()) : recent.before()).map(AppendMark::mark);
    }

    void add(AppendKey key) {
        keys.put(key.key(), key);
        unmerged.add(key);
        weight += KEY_WEIGHT + key.key().length() / Long.BYTES;
    }

    /**
     * Adds a mark.
     *
     * @param mark the mark
     * @param before the head before the commit that sets it
     */
    void add(AppendMark mark, long before) {
        String producer = mark.mark().producer();
        Marks known = marks.get(producer);
        Optional<AppendMark> old =
                known == null
                        ? index.notes.mark(producer)
                        : known.newest().firstPosition() <= before
                                ? Optional.of(known.newest())
                                : known.before();
        marks.put(producer, new Marks(mark, old));
        unmerged.add(mark);
        if (known == null) {
            weight += KEY_WEIGHT + producer.length() / Long.BYTES;
        }
    }

    /** How much there is to merge, as events. */
    long weight() {
        return weight;
    }

    /**
     * Hands over everything that was added since.
     *
     * @param use makes something of it; where it finds no memory for that, nothing is handed over
     */
    <T> T take(Function<AppendNotes, T> use) {
        AppendNotes next = new AppendNotes();
        T made = use.apply(unmerged);
        unmerged = next;
        weight = 0;
        return made;
    }

    /** Lets go of what the index has now. */
    void trim(AppendNotes merged) {
        for (AppendKey key : merged.keys()) {
            keys.remove(key.key(), key);
        }
        for (AppendMark mark : merged.marks()) {
            marks.computeIfPresent(
                    mark.mark().producer(),
                    (producer, known) -> known.newest().equals(mark) ? null : known);
        }
    }
}

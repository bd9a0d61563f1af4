package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Idempotency keys and producer marks of the appends of one commit, until it has succeeded. Called
 * under the append lock.
 */
final class PendingNotes {
    private final NoteDirectory directory;
    private final Log log;
    private final EventView.Names names;
    private final Map<String, Made> keys = new LinkedHashMap<>();
    private final Map<String, AppendMark> marks = new HashMap<>();

    PendingNotes(NoteDirectory directory, Log log, EventView.Names names) {
        this.directory = directory;
        this.log = log;
        this.names = names;
    }

    private record Made(AppendKey key, AppendResult result) {}

    /** The answer to a batch whose key is known; empty if it is to be appended. */
    Optional<AppendOutcome> known(AppendRequest request) {
        Optional<String> key = request.batch().key();
        if (key.isEmpty()) {
            return Optional.empty();
        }
        Made pending = keys.get(key.get());
        if (pending != null) {
            return Optional.of(answer(request, pending.key(), pending));
        }
        // A key ends with its events.
        long first = log.base().firstPosition();
        try {
            return directory
                    .key(key.get())
                    .filter(known -> known.firstPosition() >= first)
                    .map(known -> answer(request, known, null));
        } catch (TruncatedSignal gone) {
            return Optional.empty();
        }
    }

    private AppendOutcome answer(AppendRequest request, AppendKey key, Made pending) {
        if (!key.content().equals(request.content())) {
            return new AppendOutcome.KeyReused(key.key(), key.firstPosition());
        }
        long last = key.lastPosition();
        long version = pending != null ? pending.result().version() : versionAt(last);
        return new AppendOutcome.Appended(
                new AppendResult(key.firstPosition(), last, version, true));
    }

    private long versionAt(long position) {
        try (LogReader reader = log.reader(names)) {
            reader.seekEvent(position);
            BlockView block = reader.block();
            int i = (int) (position - block.firstPosition());
            return block.fields().version(i, block.fields().place(i));
        }
    }

    /** Why a mark does not fit the producer's last one; empty if it does. */
    Optional<AppendOutcome> misfit(ProducerMark mark) {
        Optional<RecordedMark> actual = newest(mark.producer()).map(AppendMark::mark);
        if (actual.isPresent() && mark.epoch() < actual.get().epoch()) {
            return Optional.of(new AppendOutcome.Fenced(mark, actual.get()));
        }
        boolean fits =
                actual.isPresent() == mark.previous().isPresent()
                        && (actual.isEmpty()
                                || actual.get().position() == mark.previous().getAsLong());
        return fits ? Optional.empty() : Optional.of(new AppendOutcome.WrongMark(mark, actual));
    }

    private Optional<AppendMark> newest(String producer) {
        AppendMark pending = marks.get(producer);
        return pending != null ? Optional.of(pending) : directory.mark(producer);
    }

    /** How much of a preamble the notes of a batch take. */
    static int length(EventBatch batch) {
        return batch.key().map(PreambleCodec::keyLength).orElse(0)
                + batch.mark().map(mark -> PreambleCodec.markLength(mark.producer())).orElse(0);
    }

    /** Writes the notes of a batch into the preamble of the block that begins it. */
    void write(AppendRequest request, long firstPosition, BytesWriter out) {
        EventBatch batch = request.batch();
        batch.key()
                .map(key -> new AppendKey(key, firstPosition, batch.size(), request.content()))
                .ifPresent(key -> PreambleCodec.writeKey(key, out));
        batch.mark()
                .map(mark -> new AppendMark(firstPosition, mark.recorded()))
                .ifPresent(mark -> PreambleCodec.writeMark(mark, out));
    }

    /** Notes a batch that was encoded. */
    void add(AppendRequest request, AppendResult result) {
        EventBatch batch = request.batch();
        long first = result.firstPosition();
        batch.key()
                .map(key -> new AppendKey(key, first, batch.size(), request.content()))
                .ifPresent(key -> keys.put(key.key(), new Made(key, result)));
        batch.mark()
                .map(mark -> new AppendMark(first, mark.recorded()))
                .ifPresent(mark -> marks.put(mark.mark().producer(), mark));
    }

    /** Shows everything once it is committed. */
    void publish(long headBefore) {
        keys.values().forEach(made -> directory.add(made.key()));
        marks.values().forEach(mark -> directory.add(mark, headBefore));
    }

    void clear() {
        keys.clear();
        marks.clear();
    }
}

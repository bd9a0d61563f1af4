package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Retries and discards dead letters, with the writer of the read model, on its thread, between two
 * events. Each letter is a transaction of its own, so it may be killed at any time.
 */
final class LetterWork {
    private final StateEnvironment environment;
    private final ProjectionWriter writer;
    private final LetterBook book;
    private final SliceReader log;
    private final BooleanSupplier stopped;
    private final LetterRows rows = new LetterRows();

    LetterWork(
            StateEnvironment environment,
            ProjectionWriter writer,
            LetterBook book,
            SliceReader log,
            BooleanSupplier stopped) {
        this.environment = environment;
        this.writer = writer;
        this.book = book;
        this.log = log;
        this.stopped = stopped;
    }

    /** The event at a position, as the projection reads it. */
    EventSlice.Entry entryAt(long position) {
        return log.readOne(position).entries().stream()
                .filter(entry -> entry.position() == position && writer.reads(entry))
                .findFirst()
                .orElseThrow(() -> new SeamBrokenException("log", position, position + 1));
    }

    /** Goes back to the last commit. */
    void abandon() {
        writer.abandon();
    }

    /** Applies the letters of a stream, in order, until one fails or none is left. */
    RetryResult retry(StreamId stream) {
        List<Long> positions = positions(stream);
        int applied = 0;
        Optional<Throwable> failure = Optional.empty();
        for (int i = 0; i < positions.size() && !stopped.getAsBoolean(); i++) {
            Optional<Long> next =
                    i + 1 < positions.size() ? Optional.of(positions.get(i + 1)) : Optional.empty();
            failure = retry(find(positions.get(i)).orElseThrow(), next);
            if (failure.isPresent()) {
                break;
            }
            applied++;
        }
        return new RetryResult(applied, book.letters(stream), failure);
    }

    private Optional<Throwable> retry(DeadLetter letter, Optional<Long> next) {
        EventSlice.Entry entry = entryAt(letter.position());
        try {
            writer.applyLate(entry);
            book.applied(letter, next);
            writer.commitLate();
            return Optional.empty();
        } catch (RuntimeException e) {
            if (EventErrors.position(e).isEmpty()) {
                throw e;
            }
            writer.abandon();
            book.failedAgain(letter.failedAgain(e, writer.now()));
            writer.commitLate();
            return Optional.of(e);
        }
    }

    /** Leaves out all letters of a stream for good; returns how many. */
    int discard(StreamId stream) {
        List<Long> positions = positions(stream);
        for (int i = 0; i < positions.size(); i++) {
            Optional<Long> next =
                    i + 1 < positions.size() ? Optional.of(positions.get(i + 1)) : Optional.empty();
            book.skip(find(positions.get(i)).orElseThrow(), next);
        }
        if (!positions.isEmpty()) {
            writer.commitLate();
        }
        return positions.size();
    }

    /** Leaves out one letter for good; returns false if there is none that can be retried. */
    boolean discard(long position) {
        Optional<DeadLetter> found = find(position).filter(DeadLetter::isRetriable);
        found.ifPresent(
                letter -> {
                    List<Long> left = positions(letter.stream());
                    left.remove(position);
                    book.skip(letter, left.stream().findFirst());
                    writer.commitLate();
                });
        return found.isPresent();
    }

    private Optional<DeadLetter> find(long position) {
        try (StateView view = environment.view()) {
            return rows.find(view, position);
        }
    }

    /** Where the letters of a stream are that can be retried, in order. */
    private List<Long> positions(StreamId stream) {
        List<Long> positions = new ArrayList<>();
        Optional<Long> first = book.first(stream);
        if (first.isPresent()) {
            try (StateView view = environment.view()) {
                rows.scan(
                        view,
                        first.get(),
                        letter -> {
                            if (letter.isRetriable() && letter.stream().equals(stream)) {
                                positions.add(letter.position());
                            }
                            return positions.size() < book.letters(stream);
                        });
            }
        }
        return positions;
    }
}

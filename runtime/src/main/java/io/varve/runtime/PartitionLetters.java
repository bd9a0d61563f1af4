package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Changes the dead letters of one partition; belongs to who writes to it. What is changed is
 * written with its next commit.
 */
final class PartitionLetters {
    private final PartitionModel model;
    private final LetterBook book;
    private final LetterRows rows = new LetterRows();

    /** Letters of the stream in hand that can be retried, in order, and how many are done. */
    private List<Long> positions = List.of();

    private int done;

    PartitionLetters(PartitionModel model) {
        this.model = model;
        this.book = model.letters();
    }

    /** Takes a stream in hand; returns where its letters are that can be retried, in order. */
    List<Long> begin(StreamId stream) {
        positions = positions(stream);
        done = 0;
        return positions;
    }

    /** Whether the letter at a position is the next of the stream in hand. */
    boolean isNext(long position) {
        return done < positions.size() && positions.get(done) == position;
    }

    /** Whether the stream in hand has a letter at a position that can be retried. */
    boolean has(long position) {
        return positions.contains(position);
    }

    /** Whether the turn of a position has come, and how: applied, or skipped. */
    boolean isPast(long position) {
        return !has(position) && committed() >= position;
    }

    private long committed() {
        try (StateView view = model.environment().ownView()) {
            return view.checkpoint().map(Checkpoint::position).orElse(-1L);
        }
    }

    boolean isSkipped(long position) {
        return find(position).filter(letter -> !letter.isRetriable()).isPresent();
    }

    DeadLetterCounts counts() {
        return book.counts();
    }

    /** The streams under quarantine. */
    Set<StreamId> held() {
        Set<StreamId> streams = new HashSet<>();
        try (StateView view = model.environment().ownView()) {
            LetterRows.scanHeld(view, (stream, held) -> streams.add(stream));
        }
        return streams;
    }

    /** Whether it is that of a partition. */
    boolean isOf(PartitionModel other) {
        return model.partition().equals(other.partition());
    }

    /** The next letter was applied. */
    void applied() {
        DeadLetter letter = find(positions.get(done)).orElseThrow();
        done++;
        book.applied(letter, next());
    }

    private Optional<Long> next() {
        return done < positions.size() ? Optional.of(positions.get(done)) : Optional.empty();
    }

    /** The next letter has failed again. */
    void failedAgain(Throwable failure, Instant now) {
        book.failedAgain(find(positions.get(done)).orElseThrow().failedAgain(failure, now));
    }

    /** Leaves out all letters of the stream in hand for good. */
    void skipAll() {
        while (done < positions.size()) {
            DeadLetter letter = find(positions.get(done)).orElseThrow();
            done++;
            book.skip(letter, next());
        }
    }

    /** Leaves out one letter for good; returns false if there is none that can be retried. */
    boolean skip(long position) {
        Optional<DeadLetter> found = find(position).filter(DeadLetter::isRetriable);
        found.ifPresent(
                letter -> {
                    List<Long> left = positions(letter.stream());
                    left.remove(position);
                    book.skip(letter, left.stream().findFirst());
                });
        return found.isPresent();
    }

    /** How many letters of a stream can be retried. */
    int count(StreamId stream) {
        return book.letters(stream);
    }

    private Optional<DeadLetter> find(long position) {
        try (StateView view = model.environment().ownView()) {
            return rows.find(view, position);
        }
    }

    private List<Long> positions(StreamId stream) {
        List<Long> found = new ArrayList<>();
        Optional<Long> first = book.first(stream);
        if (first.isPresent()) {
            try (StateView view = model.environment().ownView()) {
                rows.scan(
                        view,
                        first.get(),
                        letter -> {
                            if (letter.isRetriable() && letter.stream().equals(stream)) {
                                found.add(letter.position());
                            }
                            return found.size() < book.letters(stream);
                        });
            }
        }
        return found;
    }
}

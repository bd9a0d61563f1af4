package io.varve.runtime;

import io.varve.store.StreamId;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Retries and discards dead letters, with the writer of the read model, on its thread, between two
 * events. Each letter is a transaction of its own, so it may be killed at any time; where there are
 * several partitions, those that have it still are left to do.
 */
final class LetterWork {
    private final List<PartitionLetters> letters;
    private final ProjectionWriter writer;
    private final SliceReader log;
    private final BooleanSupplier stopped;

    LetterWork(
            List<PartitionModel> partitions,
            ProjectionWriter writer,
            SliceReader log,
            BooleanSupplier stopped) {
        this.letters = partitions.stream().map(PartitionLetters::new).toList();
        this.writer = writer;
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

    /**
     * Applies the letters of a stream, in order, until one fails or none is left. One that some
     * partition has not come to yet has to wait until it has: there it would be met once more, and
     * be left out although others have applied it.
     */
    RetryResult retry(StreamId stream) {
        int applied = 0;
        Optional<Throwable> failure = Optional.empty();
        Iterator<Long> next = begin(stream).iterator();
        RetryResult.End end = RetryResult.End.NOT_REACHED;
        while (next.hasNext() && failure.isEmpty()) {
            long position = next.next();
            if (stopped.getAsBoolean() || position > writer.committed()) {
                end = stopped.getAsBoolean() ? RetryResult.End.STOPPED : end;
                break;
            }
            failure = retry(position);
            applied += failure.isPresent() ? 0 : 1;
        }
        int left = letters.stream().mapToInt(one -> one.count(stream)).max().orElseThrow();
        if (failure.isPresent()) {
            return new RetryResult(applied, left, RetryResult.End.FAILED, failure);
        }
        return new RetryResult(applied, left, left == 0 ? RetryResult.End.DONE : end, failure);
    }

    /** Where the letters of a stream are, in whichever partition. */
    private TreeSet<Long> begin(StreamId stream) {
        TreeSet<Long> positions = new TreeSet<>();
        letters.forEach(one -> positions.addAll(one.begin(stream)));
        return positions;
    }

    private Optional<Throwable> retry(long position) {
        EventSlice.Entry entry = entryAt(position);
        List<PartitionLetters> where =
                letters.stream().filter(one -> one.isNext(position)).toList();
        try {
            writer.applyLate(entry, model -> where.stream().anyMatch(one -> one.isOf(model)));
            where.forEach(PartitionLetters::applied);
            writer.commitLate();
            return Optional.empty();
        } catch (RuntimeException e) {
            if (EventErrors.position(e).isEmpty()) {
                throw e;
            }
            writer.abandon();
            begin(entry.stream());
            if (!EventErrors.isOfTime(e)) { // which is not the fault of the letter
                failedAgain(position, e, where);
            }
            return Optional.of(e);
        }
    }

    private void failedAgain(long position, RuntimeException e, List<PartitionLetters> where) {
        where.stream()
                .filter(one -> one.isNext(position))
                .forEach(one -> one.failedAgain(e, writer.now()));
        writer.commitLate();
    }

    /**
     * Ends what was begun with a letter in some partitions and not in others, because the process
     * was killed between their commits: all of them had written it by then. Nothing to do where
     * there is one.
     */
    void agree() {
        if (letters.stream().map(PartitionLetters::counts).distinct().count() > 1) {
            letters.stream()
                    .flatMap(one -> one.held().stream())
                    .collect(Collectors.toSet())
                    .forEach(this::agree);
        }
    }

    private void agree(StreamId stream) {
        for (long position : begin(stream)) {
            List<PartitionLetters> where =
                    letters.stream().filter(one -> one.has(position)).toList();
            List<PartitionLetters> past =
                    letters.stream().filter(one -> one.isPast(position)).toList();
            if (past.stream().anyMatch(one -> one.isSkipped(position))) {
                where.forEach(one -> one.skip(position));
                writer.commitLate();
                begin(stream);
            } else if (!past.isEmpty()
                    && where.stream().allMatch(one -> one.isNext(position))
                    && retry(position).isPresent()) {
                return; // it fails here, so it stays a letter
            }
        }
    }

    /** Leaves out all letters of a stream for good; returns how many. */
    int discard(StreamId stream) {
        TreeSet<Long> positions = begin(stream);
        if (!positions.isEmpty()) {
            letters.forEach(PartitionLetters::skipAll);
            writer.commitLate();
        }
        return positions.size();
    }

    /** Leaves out one letter for good; returns false if there is none that can be retried. */
    boolean discard(long position) {
        long found = letters.stream().filter(one -> one.skip(position)).count();
        if (found > 0) {
            writer.commitLate();
        }
        return found > 0;
    }
}

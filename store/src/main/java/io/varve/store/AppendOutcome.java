package io.varve.store;

import io.varve.store.errors.IdempotencyKeyReusedException;
import io.varve.store.errors.ProducerFencedException;
import io.varve.store.errors.StreamTombstonedException;
import io.varve.store.errors.WrongExpectedVersionException;
import io.varve.store.errors.WrongProducerMarkException;
import java.util.Optional;

/**
 * What came of an append: it was made, or it was refused for a reason that concerns this append
 * alone, and nothing of it was made. See {@link EventStore#tryAppend}.
 */
public sealed interface AppendOutcome {
    /**
     * Where it went.
     *
     * @return the result
     * @throws WrongExpectedVersionException for a {@link Conflict}
     * @throws StreamTombstonedException for a {@link Tombstoned}
     * @throws IdempotencyKeyReusedException for a {@link KeyReused}
     * @throws ProducerFencedException for a {@link Fenced}
     * @throws WrongProducerMarkException for a {@link WrongMark}
     */
    AppendResult orThrow();

    /**
     * The events are in the log.
     *
     * @param result where
     */
    record Appended(AppendResult result) implements AppendOutcome {
        @Override
        public AppendResult orThrow() {
            return result;
        }
    }

    /**
     * A stream is at another version; nothing was appended.
     *
     * @param stream which
     * @param expected what the append expected
     * @param actual the version of its last event, or -1 where it has none
     */
    record Conflict(StreamId stream, ExpectedVersion expected, long actual)
            implements AppendOutcome {
        @Override
        public AppendResult orThrow() {
            throw new WrongExpectedVersionException(stream, expected, actual);
        }
    }

    /**
     * A stream has ended with a tombstone; nothing was appended.
     *
     * @param stream which
     * @param version of its tombstone
     */
    record Tombstoned(StreamId stream, long version) implements AppendOutcome {
        @Override
        public AppendResult orThrow() {
            throw new StreamTombstonedException(stream, version);
        }
    }

    /**
     * The idempotency key belongs to an append of other events; nothing was appended.
     *
     * @param key the key
     * @param firstPosition of the append it belongs to
     */
    record KeyReused(String key, long firstPosition) implements AppendOutcome {
        @Override
        public AppendResult orThrow() {
            throw new IdempotencyKeyReusedException(key, firstPosition);
        }
    }

    /**
     * Another instance of the producer has taken over; nothing was appended.
     *
     * @param mark of the append
     * @param actual the mark in the log, of a higher epoch
     */
    record Fenced(ProducerMark mark, RecordedMark actual) implements AppendOutcome {
        @Override
        public AppendResult orThrow() {
            throw new ProducerFencedException(mark, actual);
        }
    }

    /**
     * The producer's mark is not where the append expects it; nothing was appended.
     *
     * @param mark of the append
     * @param actual the mark in the log; empty where it has none of this producer
     */
    record WrongMark(ProducerMark mark, Optional<RecordedMark> actual) implements AppendOutcome {
        @Override
        public AppendResult orThrow() {
            throw new WrongProducerMarkException(mark, actual);
        }
    }
}

package io.varve.store.snapshot;

import io.varve.store.ExpectedVersion;
import io.varve.store.StreamId;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The state of a stream, and how it was found.
 *
 * @param stream whose
 * @param state after its event of {@code version}
 * @param version of the last event in it; empty where the stream has none
 * @param position of that event in the log; -1 where there is none
 * @param folded events that were folded behind the snapshot, or since the first event
 * @param snapshotVersion of the snapshot that was used; empty where none was
 * @param rejections snapshots that were not used, the newest first
 * @param outcome what became of the snapshot that was due, if one was
 * @param <S> the state
 */
public record Loaded<S>(
        StreamId stream,
        S state,
        OptionalLong version,
        long position,
        long folded,
        OptionalLong snapshotVersion,
        List<Rejection> rejections,
        SaveOutcome outcome) {
    /**
     * Refuses null.
     *
     * @param stream see the record
     * @param state see the record
     * @param version see the record
     * @param position see the record
     * @param folded see the record
     * @param snapshotVersion see the record
     * @param rejections see the record
     * @param outcome see the record
     */
    public Loaded {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(snapshotVersion, "snapshotVersion");
        rejections = List.copyOf(rejections);
        Objects.requireNonNull(outcome, "outcome");
    }

    /**
     * What an append must expect that was decided on this state.
     *
     * @return that version, or no stream
     */
    public ExpectedVersion expected() {
        return ExpectedVersion.of(version);
    }

    Loaded<S> with(SaveOutcome newOutcome) {
        return new Loaded<>(
                stream, state, version, position, folded, snapshotVersion, rejections, newOutcome);
    }
}

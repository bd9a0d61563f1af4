package io.varve.runtime;

import io.varve.projections.ProjectionTask;
import io.varve.projections.Source;
import io.varve.projections.SourceEvent;
import io.varve.store.EventQuery;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a read model would be if there were some events more. They are applied to changes that lie
 * over its rows; neither the log nor the read model knows of them.
 *
 * <pre>{@code
 * try (WhatIf whatIf = runtime.timeTravel("revenue").whatIf()) {
 *     whatIf.append("orders", "order-7", new OrderCancelled());
 *     try (ReadView view = whatIf.view()) {
 *         view.store(REVENUE).get("customer-1");
 *     }
 * }
 * }</pre>
 *
 * <p>Their positions follow that of the rows they are applied to, their versions the last one of
 * their stream up to there. They go through their serde and back, as they would through the log.
 * What the log gets meanwhile does not show.
 *
 * <p>The rows below are a {@link ReadView}: they are closed after {@link RuntimeConfig#viewLimit},
 * with the runtime, and with a new beginning of the read model, after which all of this throws what
 * such a view throws; its own changes are kept until it is closed. Belongs to one thread at a time,
 * with its views: a call while another is under way is refused. Any number may be open side by
 * side.
 */
public final class WhatIf implements AutoCloseable {
    private final Timeline line;
    private final ReadView base;
    private final LeftOut left;
    private final StateEnvironment overlay;
    private final ProjectionTask task;
    private final Map<String, Source> sources = new HashMap<>();
    private final Map<StreamId, Long> versions = new HashMap<>();

    /** Those that expire are taken out by the thread that sees to that. */
    private final Set<ReadView> views = ConcurrentHashMap.newKeySet();

    private final ReentrantLock inUse = new ReentrantLock();
    private final long basePosition;
    private volatile long position;

    /**
     * Stands on rows.
     *
     * @param base is closed with this
     */
    WhatIf(Timeline line, ReplayTerms terms, ReadView base, LeftOut left) {
        this.line = line;
        this.base = base;
        this.left = left;
        this.basePosition = base.position();
        this.position = basePosition;
        line.projection()
                .topology()
                .sources()
                .forEach(source -> sources.put(source.category(), source));
        StateView rows = base.state();
        this.overlay =
                StateEnvironment.overlay(
                        rows, line.tables(), terms.overlayBytes(), line.overlayFolder());
        this.task = line.task(overlay);
    }

    /**
     * The position of the last event, hypothetical or not.
     *
     * @return -1 if there is none
     */
    public long position() {
        return position;
    }

    /**
     * The position of the last event that is in the log.
     *
     * @return -1 if there is none
     */
    public long basePosition() {
        return basePosition;
    }

    /**
     * Applies events to a stream, as of now by the store's clock; all or none.
     *
     * @param category of the stream, which the projection reads
     * @param key of the stream
     * @param events known to the serde that the projection reads the category with
     * @return this
     * @throws io.varve.projections.ProjectionException if code of the projection fails
     * @throws io.varve.store.errors.SerdeException if the serde does not know an event
     * @throws QuarantinedStreamException if the events would wait behind a dead letter
     * @throws IllegalArgumentException if the projection does not read the category
     * @throws IllegalStateException if another call is under way
     * @throws ViewExpiredException if this is open for too long
     * @throws io.varve.store.errors.StoreClosedException if this, or the runtime, is closed
     */
    public WhatIf append(String category, String key, Object... events) {
        return append(category, key, List.of(events));
    }

    /**
     * Applies events to a stream likewise.
     *
     * @param category of the stream, which the projection reads
     * @param key of the stream
     * @param events known to the serde that the projection reads the category with
     * @return this; errors as above
     */
    public WhatIf append(String category, String key, List<?> events) {
        Instant now = line.context().store().config().clock().instant();
        return append(StreamId.of(category, key), now, events);
    }

    /**
     * Applies events to a stream as of a time; all or none.
     *
     * @param stream of a category that the projection reads
     * @param time of the events, to the millisecond
     * @param events known to the serde that the projection reads the category with
     * @return this; errors as above
     */
    public WhatIf append(StreamId stream, Instant time, List<?> events) {
        Source source = sources.get(stream.category());
        if (source == null) {
            throw new IllegalArgumentException(
                    "The projection does not read this category: projection="
                            + line.projection().name()
                            + " category="
                            + stream.category()
                            + " known="
                            + sources.keySet());
        }
        enter();
        try {
            append(source, stream, time, events);
            return this;
        } finally {
            inUse.unlock();
        }
    }

    /** Two at once would be mixed, so the second is refused; waiting could be for each other. */
    private void enter() {
        boolean entered = inUse.tryLock();
        if (entered && inUse.getHoldCount() == 1) {
            return;
        }
        if (entered) {
            inUse.unlock();
        }
        throw new IllegalStateException(
                "Belongs to one thread at a time, and a call is under way; let it end, or open"
                        + " another: projection="
                        + line.projection().name());
    }

    private void append(Source source, StreamId stream, Instant time, List<?> events) {
        base.position(); // refuses one that is closed
        if (left.isHeld(stream, basePosition)) {
            throw new QuarantinedStreamException(line.projection().name(), stream);
        }
        long version = versions.computeIfAbsent(stream, this::nextVersion);
        List<SourceEvent> all = new ArrayList<>();
        for (Object event : events) {
            int before = all.size();
            all.add(
                    event(
                            position + 1 + before,
                            stream,
                            version + before,
                            source.serde(),
                            time.toEpochMilli(),
                            event));
        }
        apply(all);
        versions.put(stream, version + all.size());
    }

    /** As it would come from the log: an object of its own. */
    private static <E> SourceEvent event(
            long position,
            StreamId stream,
            long version,
            EventSerde<E> serde,
            long millis,
            Object event) {
        // A serde meets an object it does not know with an error of its own.
        @SuppressWarnings("unchecked")
        E typed = (E) Objects.requireNonNull(event, "event");
        String type = serde.typeOf(typed);
        BytesWriter writer = new BytesWriter();
        serde.serialize(typed, writer);
        return SourceEvent.of(
                position, stream, version, type, millis, serde.deserialize(type, writer.view()));
    }

    private long nextVersion(StreamId stream) {
        long[] last = {-1};
        line.context()
                .store()
                .read(
                        EventQuery.stream(stream).backward(),
                        event -> {
                            if (event.position() > basePosition) {
                                return true;
                            }
                            last[0] = event.version();
                            return false;
                        });
        return last[0] + 1;
    }

    private void apply(List<SourceEvent> events) {
        try {
            events.forEach(task::process);
            long last = position + events.size();
            if (last > position) {
                task.commit(checkpoint(last));
                position = last;
            }
        } catch (RuntimeException | Error e) {
            takeBack(e);
            throw e;
        }
    }

    /** No block of the log has it. */
    private Checkpoint checkpoint(long last) {
        History history = line.context().history();
        return new Checkpoint(
                history.identity().storeId(), history.identity().incarnation(), last, 0);
    }

    private void takeBack(Throwable why) {
        try {
            task.abandon();
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    /**
     * Opens a view of what there is now. Events that are applied later do not show in it.
     *
     * @return a view, for this thread; closed with this, if it is not closed before
     * @throws IllegalStateException if another call is under way
     * @throws ViewExpiredException if this is open for too long
     * @throws io.varve.store.errors.StoreClosedException if this, or the runtime, is closed
     */
    public ReadView view() {
        enter();
        try {
            return opened();
        } finally {
            inUse.unlock();
        }
    }

    private ReadView opened() {
        base.position(); // refuses one that is closed
        ReadView[] opened = new ReadView[1];
        // Where the runtime has just closed, it is closed before anybody has it.
        Runnable whenClosed = () -> views.removeIf(view -> view == opened[0]);
        opened[0] = line.readers().register(new OwnedState(overlay.view(), whenClosed));
        views.add(opened[0]);
        return opened[0];
    }

    /**
     * Forgets everything, and closes its views. Closing twice does nothing.
     *
     * @throws IllegalStateException if another call is under way
     */
    @Override
    public void close() {
        enter();
        try {
            List.copyOf(views).forEach(ReadView::close);
            EndedTask.close(line.projection().name(), task);
            try {
                overlay.close();
            } finally {
                base.close();
            }
        } finally {
            inUse.unlock();
        }
    }
}

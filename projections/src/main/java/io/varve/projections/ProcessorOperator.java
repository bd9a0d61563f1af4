package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A node whose code is the user's, in one task; what that code is given as its context. */
final class ProcessorOperator<K, V>
        implements Operator<K, V>,
                ProcessorContext<Object, Object>,
                FixedKeyProcessorContext<Object, Object> {
    private static final Runnable NOTHING = () -> {};

    private final Operator<K, V> code;
    private final String node;
    private final boolean named;
    private final Map<String, StoreDefinition<?, ?>> connected;
    private final TaskStores stores;
    private final TaskTime time;
    private final List<Schedule> schedules = new ArrayList<>();
    private boolean ready;

    /** What is to be done with the code at last; nothing where that is done. */
    private Runnable closing = NOTHING;

    /** Whose output it is, while the code runs. */
    private ProcessorNode out;

    /** Makes what gets the records, with the context that it is given. */
    @FunctionalInterface
    interface Maker<K, V> {
        Operator<K, V> make(ProcessorOperator<K, V> context);
    }

    private final class Schedule implements Cancellable {
        /** As its due time is kept under: another schedule before it does not rename it. */
        private final String name;

        private final PunctuationType type;
        private final long interval;
        private final Punctuator punctuator;

        Schedule(PunctuationType type, long interval, Punctuator punctuator) {
            this.type = type;
            this.interval = interval;
            this.punctuator = punctuator;
            long equal =
                    schedules.stream()
                            .filter(one -> one.type == type && one.interval == interval)
                            .count();
            this.name = TaskTime.schedule(node, type, interval, equal);
        }

        /** As Kafka Streams: on multiples of the interval, and once for all that were missed. */
        void run(long now, ProcessorNode next) {
            long due = time.next(name);
            if (due > now) {
                return;
            }
            time.next(name, due + ((now - due) / interval + 1) * interval);
            next.due(null, due, () -> punctuator.punctuate(now));
        }

        /** By the clock it is due an interval after the first tick. */
        void tick(long now, ProcessorNode next) {
            if (time.isKnown(name)) {
                run(now, next);
            } else {
                time.next(name, now + interval);
            }
        }

        @Override
        public void cancel() {
            time.next(name, Long.MAX_VALUE);
        }
    }

    ProcessorOperator(
            String node,
            boolean named,
            Map<String, StoreDefinition<?, ?>> connected,
            TaskStores stores,
            Maker<K, V> maker) {
        this.node = node;
        this.named = named;
        this.connected = connected;
        this.stores = stores;
        this.time = new TaskTime(stores);
        this.code = made(maker);
        this.ready = true;
    }

    private Operator<K, V> made(Maker<K, V> maker) {
        try {
            return maker.make(this);
        } catch (TopologyException e) {
            throw e;
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw new TopologyException(
                    "A processor could not be made: node=" + node + " cause=" + e,
                    "Mend its constructor or its init(); see the cause.",
                    e);
        }
    }

    private static <P> P supplied(P processor) {
        return Objects.requireNonNull(processor, "the supplier has made no processor, but null");
    }

    // The builder's signatures made sure of the types.
    @SuppressWarnings("unchecked")
    static <K, V, K2, V2> Maker<K, V> of(ProcessorSupplier<K, V, K2, V2> supplier) {
        return context -> {
            Processor<K, V, K2, V2> code = supplied(supplier.get());
            code.init((ProcessorContext<K2, V2>) context);
            context.closing = code::close;
            return (key, value, out) ->
                    code.process(
                            new Record<>(key, value, context.timestamp(), context.recordHeaders()));
        };
    }

    // The builder's signatures made sure of the types.
    @SuppressWarnings("unchecked")
    static <K, V, V2> Maker<K, V> of(FixedKeyProcessorSupplier<K, V, V2> supplier) {
        return context -> {
            FixedKeyProcessor<K, V, V2> code = supplied(supplier.get());
            code.init((FixedKeyProcessorContext<K, V2>) (Object) context);
            context.closing = code::close;
            return (key, value, out) ->
                    code.process(
                            new FixedKeyRecord<>(
                                    key, value, context.timestamp(), context.recordHeaders()));
        };
    }

    @Override
    public void process(K key, V value, ProcessorNode next) {
        out = next;
        code.process(key, value, next);
    }

    /** Nothing more comes; done once, also if it throws. */
    void close() {
        Runnable last = closing;
        closing = NOTHING;
        out = null;
        try {
            last.run();
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw new ProcessorCloseException(node, e);
        }
    }

    /** Behind each event. */
    void punctuate(ProcessorNode next) {
        out = next;
        long now = time.streamTime();
        for (Schedule schedule : schedules) {
            if (schedule.type == PunctuationType.STREAM_TIME) {
                schedule.run(now, next);
            }
        }
    }

    /** It is this time by the clock. */
    void tick(long now, ProcessorNode next) {
        out = next;
        for (Schedule schedule : schedules) {
            if (schedule.type == PunctuationType.WALL_CLOCK_TIME) {
                schedule.tick(now, next);
            }
        }
    }

    /** When the next is due. */
    long due(PunctuationType type) {
        long due = Timed.NEVER;
        for (Schedule schedule : schedules) {
            if (schedule.type == type) {
                due = Math.min(due, time.next(schedule.name));
            }
        }
        return due;
    }

    @Override
    public void forward(Record<?, ?> record) {
        forward(record.key(), record.value(), record.timestamp(), record.headers());
    }

    @Override
    public void forward(FixedKeyRecord<?, ?> record) {
        forward(record.key(), record.value(), record.timestamp(), record.headers());
    }

    private void forward(Object key, Object value, long timestamp, EventHeaders headers) {
        if (out == null) {
            throw new IllegalStateException(
                    "Nothing can be forwarded in init() or close(): node="
                            + node
                            + ". Forward in process(), or in a Punctuator.");
        }
        if (headers == recordHeaders()) {
            out.forward(key, value, timestamp);
            return;
        }
        RecordHeaders before = stores.context().headers(new RecordHeaders(headers, true));
        out.forward(key, value, timestamp);
        stores.context().headers(before); // after an error the task goes back, and forgets them
    }

    @Override
    public <A, B> KeyValueStore<A, B> store(StoreRef<A, B> ref) {
        StoreDefinition<A, B> store = connected(ref);
        if (store.isVersioned()) {
            throw new TopologyException(
                    "The store has versions: node=" + node + " store=" + ref.name(),
                    "Ask for it with versionedStore().");
        }
        return new ProcessorStore<>(store.keySerde(), stores.get(store));
    }

    @Override
    public <A, B> VersionedStore<A, B> versionedStore(StoreRef<A, B> ref) {
        StoreDefinition<A, B> store = connected(ref);
        return new ProcessorVersions<>(stores.versioned(store.checkVersioned()));
    }

    // A StoreRef promises its types.
    @SuppressWarnings("unchecked")
    private <A, B> StoreDefinition<A, B> connected(StoreRef<A, B> ref) {
        if (!connected.containsKey(ref.name())) {
            throw new TopologyException(
                    "The node is not connected with this store: node="
                            + node
                            + " store="
                            + ref.name()
                            + " connected="
                            + connected.keySet(),
                    "Name the store in the call of process().");
        }
        return (StoreDefinition<A, B>) connected.get(ref.name());
    }

    @Override
    public Cancellable schedule(Duration interval, PunctuationType type, Punctuator punctuator) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(punctuator, "punctuator");
        WindowTimes.check("interval of a schedule of node " + node, interval, 1);
        if (ready) {
            throw new IllegalStateException(
                    "What is done from time to time is scheduled in init(): node=" + node);
        }
        if (!named) {
            // When it is due is kept under this name, which would be another if nodes came before
            // it.
            throw new TopologyException(
                    "A processor that schedules something needs a name of its own: node=" + node,
                    "Give its node one in the call of process(), with Named.as.");
        }
        if (type == PunctuationType.WALL_CLOCK_TIME && !stores.hasTicks()) {
            throw new TopologyException(
                    "The topology reads no ticks, so the clock stands still: node=" + node,
                    "Call withTicks() of its StreamsBuilder.");
        }
        Schedule schedule = new Schedule(type, interval.toMillis(), punctuator);
        schedules.add(schedule);
        return schedule;
    }

    @Override
    public long streamTime() {
        return time.streamTime();
    }

    @Override
    public long wallClockTime() {
        return time.tickTime();
    }

    private SourceEvent event() {
        return stores.context().event();
    }

    @Override
    public long position() {
        return event().position();
    }

    @Override
    public StreamId stream() {
        return event().stream();
    }

    @Override
    public long version() {
        return event().version();
    }

    @Override
    public String type() {
        return event().type();
    }

    @Override
    public EventHeaders headers() {
        return event().headers();
    }

    /** Of the record in hand. */
    EventHeaders recordHeaders() {
        return stores.context().headers();
    }

    /** Of the record in hand. */
    long timestamp() {
        return stores.context().timestamp();
    }
}

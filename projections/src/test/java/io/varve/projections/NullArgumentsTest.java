package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.StoreIndex;
import io.varve.projections.testing.FoldScenario;
import io.varve.projections.testing.ReactionScenario;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.projections.testing.junit.TopologyTestExtension;
import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.VarveException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is said where a public method, or a constructor, is given null. */
class NullArgumentsTest {
    /** Where null means something, or is the user's, by class, method and parameter. */
    private static final Set<String> MEAN_SOMETHING =
            Set.of(
                    "FixedKeyProcessor.init(context)",
                    "FixedKeyRecord.withValue(newValue)",
                    "KeyValue.new(key)",
                    "KeyValue.new(value)",
                    "KeyValue.pair(key)",
                    "KeyValue.pair(value)",
                    "Partition.of(key)", // that is never looked at where there is one only
                    "Partition.owns(key)",
                    "Processor.init(context)",
                    "ProjectionTask.changes(visitor)", // who is not called where nothing has
                    // changed
                    "Record.new(key)",
                    "Record.new(value)",
                    "Record.withKey(newKey)",
                    "Record.withValue(newValue)");

    private static final StoreRef<String, String> ROWS = StoreRef.of("rows");
    private static final StoreIndex<String, String, String> INDEX =
            StoreIndex.of("index", (key, value) -> "i", TEXT);

    /** What JUnit calls, and what is given out only while something else goes on. */
    private static final Set<Class<?>> NOT_CALLED =
            Set.of(TopologyTestExtension.class, KeyValueStore.class);

    /** What calls are made on, and with; new for each, as most change what they are called on. */
    private static final class World implements AutoCloseable {
        private final Map<Class<?>, Object> samples = new LinkedHashMap<>();
        private final TextStreams streams = new TextStreams();
        private final List<AutoCloseable> open = new ArrayList<>();
        private boolean running;

        World() {
            put("x", Duration.ofMillis(5), Instant.EPOCH, StreamId.of("texts", "a"));
            put(TEXT, EventHeaders.NONE, new BytesView(), new BytesWriter(), new UUID(1, 2));
            put(Optional.empty(), OptionalLong.empty(), List.of(), Set.of(), Map.of());
            put(TextStreams.Text.class, new Object[] {new TextStreams.Text("t")}, new Object());
            samples.put(Serde.class, TEXT);
            samples.put(EventSerde.class, TextStreams.SERDE);
            samples.put(Class.class, TextStreams.Text.class);
            samples.put(Object.class, new TextStreams.Text("t"));
            samples.put(Iterable.class, List.of());
            EventStream<String, String> texts = streams.stream("texts");
            GroupedStream<String, String> grouped = texts.groupByKey(Grouped.with(TEXT, TEXT));
            CogroupedStream<String, String> cogrouped = grouped.cogroup((key, value, all) -> all);
            TimeWindows windows = TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(5));
            SessionWindows sessions =
                    SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMillis(5));
            SlidingWindows sliding =
                    SlidingWindows.ofTimeDifferenceAndGrace(
                            Duration.ofMillis(5), Duration.ofMillis(5));
            put(streams.builder, texts, grouped, cogrouped, windows, sessions, sliding);
            put(grouped.windowedBy(windows), grouped.windowedBy(sessions));
            put(cogrouped.windowedBy(windows), cogrouped.windowedBy(sessions));
            Table<String, String> table = streams.table("texts");
            put(table, table.groupBy(KeyValue::pair, Grouped.with(TEXT, TEXT)), texts.split());
            put(Named.as("named"), Grouped.with(TEXT, TEXT), Consumed.with(TextStreams.SERDE));
            put(Produced.with(TextStreams.SERDE), Branched.as("branch"), kept("rows"));
            put(StoreRef.of("rows"), Joined.as("joined"), TableJoined.as("joined"));
            put(StreamJoined.with(StoreRef.of("j"), TEXT, TEXT, TEXT));
            put(JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(5)));
            put(Suppressed.untilTimeLimit(Duration.ofMillis(5), kept("held")));
            put(BufferConfig.maxRecords(5), EmitStrategy.onWindowClose(), KeyValue.pair("k", "v"));
            put(new Record<>("k", "v", 1, EventHeaders.NONE), RangeQuery.all(), Partition.WHOLE);
            put(new Window(1, 2), new Windowed<>("k", new Window(1, 2)), CacheSize.DEFAULT);
            samples.put(StoreIndex.class, INDEX);
            Fold<TextStreams.Text, String> fold =
                    Fold.<TextStreams.Text, String>startingWith(() -> "")
                            .on(TextStreams.Text.class, (state, text) -> text.text())
                            .build();
            put(fold, View.of(fold, kept("view")));
            put(Fold.<TextStreams.Text, String>startingWith(() -> ""));
            Projection projection = Projection.of("p", 1, topology());
            put(projection, projection.topology(), ReactionScenario.of(projection));
            put(Projection.fold("f", 1, "texts", TextStreams.SERDE, kept("rows"), () -> ""));
            put(FoldScenario.of(fold), new FixedKeyRecord<>("k", "v", 1, EventHeaders.NONE));
            put(SourceEvent.of(0, StreamId.of("texts", "a"), 0, "text", 0, "x"));
            put(new Checkpoint(new UUID(1, 2), 0, 1, 3), new LateRecords());
            NewEvent event = NewEvent.of("text", new byte[1]);
            put(event, new EmittedEvent(1, 0, "node", StreamId.of("texts", "a"), event));
        }

        /** The rest, which takes longer to be made. */
        private void run() {
            running = true;
            Topology topology = topology();
            put(new StateComparison(topology));
            StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
            ProjectionTask task = new ProjectionTask(topology, environment);
            TopologyTestDriver driver = new TopologyTestDriver(topology);
            put(environment, task, driver, environment.view());
            samples.put(StateView.class, environment.view());
            samples.put(StateEnvironment.class, environment);
            put(task.cacheCounts(), task.probe(ROWS, "k"));
            put(new TopologyTexts("", "", "", ""));
            put(StoreTransition.between(topology.describeStores(), topology));
            samples.put(RowSelection.class, topology.select(ROWS, RangeQuery.all()));
            TopologyTestDriver versions = new TopologyTestDriver(versioned());
            put(versions, versions.versionedStore(ROWS), driver.store(ROWS));
            put(driver.store(ROWS).index(INDEX), driver);
        }

        private static Topology topology() {
            TextStreams other = new TextStreams();
            other.stream("texts").toTable(kept("rows").withIndex(INDEX));
            other.stream("texts")
                    .mapValues(TextStreams.Text::new)
                    .to("sent", Produced.with(TextStreams.SERDE));
            return other.builder.build();
        }

        private static Topology versioned() {
            TextStreams other = new TextStreams();
            other.stream("texts").toTable(kept("rows").versioned(Duration.ofMillis(5)));
            return other.builder.build();
        }

        private void put(Object... more) {
            for (Object one : more) {
                samples.put(one.getClass(), one);
                if (one instanceof AutoCloseable closeable) {
                    open.add(closeable);
                }
            }
        }

        /** Of a type, or null where there is none. */
        Object of(Class<?> type) {
            if (type == long.class) {
                return 5L;
            }
            if (type == int.class) {
                return 1;
            }
            if (type == boolean.class) {
                return true;
            }
            if (samples.containsKey(type)) {
                return samples.get(type);
            }
            if (type.isEnum()) {
                return type.getEnumConstants()[0];
            }
            if (type.isArray()) {
                Object array = Array.newInstance(type.getComponentType(), 1);
                Array.set(array, 0, of(type.getComponentType()));
                return array;
            }
            Optional<Object> fitting =
                    samples.values().stream().filter(type::isInstance).findFirst();
            if (fitting.isEmpty() && !running) {
                run();
                return of(type);
            }
            return fitting.orElseGet(() -> type.isInterface() ? proxy(type) : null);
        }

        private static Object proxy(Class<?> type) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (self, method, given) ->
                            method.getReturnType() == boolean.class
                                    ? (Object) false
                                    : method.getReturnType() == long.class ? (Object) 0L : null);
        }

        @Override
        public void close() {
            for (int i = open.size() - 1; i >= 0; i--) {
                try {
                    open.get(i).close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private static List<Class<?>> types() throws IOException {
        Path classes = Path.of("target/classes");
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file).toString().replace('/', '.');
                name = name.substring(0, name.length() - ".class".length());
                if (!name.endsWith("-info")) {
                    types.add(load(name));
                }
            }
        }
        types.removeIf(NOT_CALLED::contains);
        types.removeIf(type -> !isPublic(type) || Throwable.class.isAssignableFrom(type));
        return types;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }

    private static List<Executable> calls(Class<?> type) {
        List<Executable> calls = new ArrayList<>(List.of(type.getConstructors()));
        Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !method.isSynthetic() && !method.getName().equals("equals"))
                .filter(method -> !Modifier.isAbstract(method.getModifiers()))
                .filter(method -> !type.isEnum() || !method.getName().equals("valueOf"))
                .forEach(calls::add);
        return calls;
    }

    /** What comes of a call with one null; empty if it is as it should be. */
    private static Optional<String> problem(Executable call, int number) {
        try (World world = new World()) {
            return problem(call, number, world);
        }
    }

    private static Optional<String> problem(Executable call, int number, World world) {
        Class<?>[] types = call.getParameterTypes();
        String parameter = call.getParameters()[number].getName();
        try {
            Object[] given = new Object[types.length];
            for (int i = 0; i < types.length; i++) {
                given[i] = i == number ? null : world.of(types[i]);
            }
            Object on = world.of(call.getDeclaringClass());
            if (call instanceof Method method
                    && on == null
                    && !Modifier.isStatic(method.getModifiers())) {
                return Optional.of("nothing to call it on");
            }
            Object result = invoke(call, on, given);
            return Optional.of("returned " + result);
        } catch (VarveException | IllegalArgumentException e) {
            return Optional.empty(); // says what to do
        } catch (NullPointerException e) {
            return named(e, parameter) ? Optional.empty() : Optional.of("null: " + e.getMessage());
        } catch (Exception e) {
            return Optional.of(e.toString());
        }
    }

    /** Whether it is named, by us, or by the JVM where that is what was null. */
    private static boolean named(NullPointerException e, String parameter) {
        String said = String.valueOf(e.getMessage());
        return said.equals(parameter) || said.endsWith("because \"" + parameter + "\" is null");
    }

    private static Object invoke(Executable call, Object on, Object... given) throws Exception {
        try {
            return call instanceof Constructor<?> constructor
                    ? constructor.newInstance(given)
                    : ((Method) call).invoke(on, given);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception failed) {
                throw failed;
            }
            throw e;
        }
    }

    @Test
    void shouldNameWhatIsNull() throws Exception {
        Set<String> found = new TreeSet<>();
        int tried = 0;
        for (Class<?> type : types()) {
            for (Executable call : calls(type)) {
                for (int i = 0; i < call.getParameterCount(); i++) {
                    String name =
                            type.getSimpleName()
                                    + "."
                                    + (call instanceof Method ? call.getName() : "new")
                                    + "("
                                    + call.getParameters()[i].getName()
                                    + ")";
                    if (!call.getParameterTypes()[i].isPrimitive()
                            && !MEAN_SOMETHING.contains(name)) {
                        tried++;
                        problem(call, i).ifPresent(what -> found.add(name + " " + what));
                    }
                }
            }
        }
        assertEquals(Set.of(), found, () -> String.join("\n", found));
        assertTrue(tried > 600, "tried=" + tried);
    }
}

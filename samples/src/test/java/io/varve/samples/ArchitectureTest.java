package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Projection;
import io.varve.runtime.ProjectionRuntime;
import io.varve.store.EventStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may use whom, held against the compiled classes by the JDK's own jdeps. */
class ArchitectureTest {
    private static final Pattern EDGE = Pattern.compile("\\s+(\\S+)\\s+->\\s+(\\S+)(\\s.*)?");

    /** What a projection, which is pure, has no business with. */
    private static final Pattern IMPURE =
            Pattern.compile(
                    "java\\.lang\\.(Thread|ThreadLocal|Process|ProcessBuilder|Runtime)"
                            + "|java\\.util\\.concurrent\\..*"
                            + "|java\\.util\\.(Random|SplittableRandom|Timer|TimerTask)"
                            + "|java\\.nio\\.file\\..*|java\\.nio\\.channels\\..*|java\\.net\\..*"
                            + "|java\\.io\\.(File|FileInputStream|FileOutputStream|RandomAccessFile)"
                            + "|java\\.time\\.(Clock|InstantSource)|java\\.util\\.logging\\..*");

    /** What projections know of the store: values, bytes, serdes, errors, state. Not the log. */
    private static final Pattern STORE_FOR_PROJECTIONS =
            Pattern.compile(
                    "io\\.varve\\.store\\.(bytes|errors|serde|state)\\.[^.]+"
                            + "|io\\.varve\\.store\\.(StreamId|NewEvent|RecordedEvent|EventHeaders|PlainName)");

    private static Set<Edge> edges;

    /** A class uses another. */
    private record Edge(String from, String to) implements Comparable<Edge> {
        @Override
        public int compareTo(Edge other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return from + " -> " + to;
        }
    }

    @BeforeAll
    static void askJdeps() {
        edges = new TreeSet<>();
        for (Class<?> member :
                List.of(
                        EventStore.class,
                        Projection.class,
                        ProjectionRuntime.class,
                        Samples.class)) {
            edges.addAll(edges(location(member)));
        }
    }

    /** The folder or jar that the tests run with. */
    private static Path location(Class<?> member) {
        try {
            return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Edge> edges(Path classes) {
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int exitCode =
                jdeps.run(
                        new PrintWriter(out),
                        new PrintWriter(out),
                        "-verbose:class",
                        "-filter:none",
                        "--multi-release",
                        "base",
                        classes.toString());
        assertEquals(0, exitCode, out::toString);
        Set<Edge> found = new TreeSet<>();
        out.toString()
                .lines()
                .map(EDGE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> found.add(new Edge(line.group(1), line.group(2))));
        return found;
    }

    @Test
    void shouldSeeTheEdgesThatAreKnownToBeThere() {
        assertEdge("io.varve.store.lmdb.", "org.lmdbjava.");
        assertEdge("io.varve.store.serde.", "com.fasterxml.");
        assertEdge("io.varve.runtime.", "com.lmax.disruptor.");
        assertEdge("io.varve.runtime.", "com.github.benmanes.caffeine.");
        assertEdge("io.varve.runtime.", "io.varve.projections.");
        assertEdge("io.varve.projections.", "io.varve.store.");
        assertEdge("io.varve.samples.", "io.varve.runtime.");
    }

    @Test
    void shouldLetOnlyItsOwnPackageUseLmdb() {
        assertOnly("io.varve.store.lmdb.", to("org.lmdbjava."));
    }

    @Test
    void shouldLetOnlySerdesAndTransferUseJackson() {
        assertNone(
                edge ->
                        in(edge.to(), "com.fasterxml.")
                                && !in(
                                        edge.from(),
                                        "io.varve.store.serde.",
                                        "io.varve.store.transfer."));
    }

    @Test
    void shouldLetOnlyTheRuntimeUseDisruptorAndCaffeine() {
        assertOnly("io.varve.runtime.", to("com.lmax.", "com.github.benmanes."));
    }

    @Test
    void shouldNeedMicrometerInOnePackageThatNothingElseUses() {
        assertEdge("io.varve.runtime.micrometer.", "io.micrometer.");
        assertOnly("io.varve.runtime.micrometer.", to("io.micrometer."));
        assertOnly("io.varve.runtime.micrometer.", to("io.varve.runtime.micrometer."));
    }

    @Test
    void shouldKeepLmdbInsideTheStore() {
        assertOnly("io.varve.store.", to("io.varve.store.lmdb."));
    }

    @Test
    void shouldLetModulesDependDownwardsOnly() {
        assertOnly("io.varve.samples.", to("io.varve.samples."));
        assertNone(
                edge ->
                        in(edge.to(), "io.varve.runtime.")
                                && in(edge.from(), "io.varve.store.", "io.varve.projections."));
        assertNone(
                edge ->
                        in(edge.to(), "io.varve.projections.")
                                && in(edge.from(), "io.varve.store."));
    }

    @Test
    void shouldKeepProjectionsPure() {
        assertNone(
                edge ->
                        in(edge.from(), "io.varve.projections.")
                                && IMPURE.matcher(outer(edge.to())).matches());
    }

    @Test
    void shouldLetProjectionsUseTheJdkAndTheValuesOfTheStoreOnly() {
        assertNone(
                edge ->
                        in(edge.from(), "io.varve.projections.")
                                && !isJUnitExtension(edge)
                                && !in(edge.to(), "io.varve.projections.", "java.")
                                && !STORE_FOR_PROJECTIONS.matcher(outer(edge.to())).matches());
    }

    /** For the tests of users who have JUnit. */
    private static boolean isJUnitExtension(Edge edge) {
        return in(edge.from(), "io.varve.projections.testing.junit.")
                && in(edge.to(), "org.junit.jupiter.api.extension.");
    }

    private static String outer(String type) {
        int dollar = type.indexOf('$');
        return dollar < 0 ? type : type.substring(0, dollar);
    }

    private static boolean in(String type, String... prefixes) {
        return List.of(prefixes).stream().anyMatch(type::startsWith);
    }

    private static Predicate<Edge> to(String... prefixes) {
        return edge -> in(edge.to(), prefixes);
    }

    private static void assertEdge(String from, String to) {
        assertTrue(
                edges.stream().anyMatch(edge -> in(edge.from(), from) && in(edge.to(), to)),
                from + " -> " + to);
    }

    private static void assertOnly(String from, Predicate<Edge> edge) {
        assertNone(edge.and(other -> !in(other.from(), from)));
    }

    private static void assertNone(Predicate<Edge> forbidden) {
        assertEquals(List.of(), edges.stream().filter(forbidden).toList());
    }
}

package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.VarveException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the platform's MBean server shows of a runtime. */
class JmxTest extends RuntimeTestBase {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private ProjectionRuntime named(String name, String folderName, String... projections) {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve(folderName)).name(name);
        for (String projection : projections) {
            builder.add(digest(projection, NOTHING));
        }
        ProjectionRuntime runtime = closing(builder.build());
        runtime.start();
        runtime.name(); // waits until it is shown
        return runtime;
    }

    /** What is registered, without what other tests of this process may have. */
    private Set<String> beans(String runtime) throws Exception {
        return server.queryNames(new ObjectName("io.varve:*"), null).stream()
                .map(ObjectName::toString)
                .filter(name -> name.contains(runtime))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Object read(String bean, String attribute) throws Exception {
        return server.getAttribute(new ObjectName(bean), attribute);
    }

    @Test
    void shouldShowProjectionsWhileTheRuntimeRuns() throws Exception {
        ProjectionRuntime runtime = named("jmx-shop", "models", "revenue", "stock");
        append(1, 0, 10);
        assertComplete(runtime, "revenue");
        assertComplete(runtime, "stock");
        String revenue = "io.varve:type=projection,runtime=jmx-shop,projection=revenue";
        String whole = "io.varve:type=runtime,runtime=jmx-shop";
        assertEquals(
                Set.of(revenue, revenue.replace("revenue", "stock"), whole), beans("jmx-shop"));
        assertEquals(10L, read(revenue, "ProcessTotal"));
        assertEquals(9L, read(revenue, "Position"));
        assertEquals("", read(revenue, "Failure"));
        assertEquals(0L, read(revenue, "RecordsLag"));
        assertEquals(0.9, (double) read(revenue, "CacheHitRate"), 1e-9);
        assertTrue((double) read(revenue, "CommitLatencyMax") > 0);
        assertEquals(20L, read(whole, "ProcessTotal"));
        assertEquals(9L, read(whole, "Head"));
        assertEquals("jmx-shop", read(whole, "Name"));
        assertArrayEquals(new String[] {"revenue", "stock"}, (String[]) read(whole, "Projections"));
        runtime.close();
        assertEquals(Set.of(), beans("jmx-shop"));
    }

    @Test
    void shouldAnswerForEveryAttribute() throws Exception {
        named("jmx-all", "models", "one");
        for (String bean : beans("jmx-all")) {
            ObjectName name = new ObjectName(bean);
            String[] attributes =
                    Arrays.stream(server.getMBeanInfo(name).getAttributes())
                            .map(MBeanAttributeInfo::getName)
                            .toArray(String[]::new);
            assertTrue(attributes.length >= 8, bean);
            // Those that throw are left out.
            assertEquals(
                    Set.of(attributes),
                    server.getAttributes(name, attributes).asList().stream()
                            .map(Attribute::getName)
                            .collect(Collectors.toSet()));
        }
    }

    private ProjectionRuntime unasked(String name) {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .name(name)
                                .add(digest("one", NOTHING))
                                .build());
        runtime.start();
        return runtime;
    }

    @Test
    void shouldShowTheProjectionsThatThereAreWhenItAppears() throws Exception {
        ProjectionRuntime runtime = unasked("jmx-later");
        runtime.add(digest("two", NOTHING));
        runtime.remove("one", RemovedData.KEEP);
        assertEquals("jmx-later", runtime.name());
        String bean = "io.varve:type=projection,runtime=jmx-later,projection=";
        String whole = "io.varve:type=runtime,runtime=jmx-later";
        assertEquals(Set.of(bean + "two", whole), beans("jmx-later"));
        runtime.add(digest("one", NOTHING));
        assertEquals(Set.of(bean + "one", bean + "two", whole), beans("jmx-later"));
        runtime.remove("two", RemovedData.KEEP);
        assertEquals(Set.of(bean + "one", whole), beans("jmx-later"));
    }

    @Test
    void shouldNotAppearWhenItIsClosed() throws Exception {
        ProjectionRuntime runtime = unasked("jmx-short");
        runtime.close();
        assertEquals("jmx-short", runtime.name()); // by then it would have appeared
        assertEquals(Set.of(), beans("jmx-short"));
    }

    @Test
    @Tag("long")
    void shouldAppearByItselfThoughNobodyAsks() throws Exception {
        unasked("jmx-alone");
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (beans("jmx-alone").size() < 2) {
            assertTrue(System.nanoTime() < deadline, "it is not shown");
            Polling.pause();
        }
    }

    @Test
    void shouldNumberRuntimesOfOneName() throws Exception {
        ProjectionRuntime first = named("jmx-twin", "first", "one");
        ProjectionRuntime second = named("jmx-twin", "second", "one");
        assertEquals("jmx-twin-2", read("io.varve:type=runtime,runtime=jmx-twin-2", "Name"));
        assertEquals(4, beans("jmx-twin").size());
        first.close();
        assertEquals(
                Set.of(
                        "io.varve:type=projection,runtime=jmx-twin-2,projection=one",
                        "io.varve:type=runtime,runtime=jmx-twin-2"),
                beans("jmx-twin"));
        second.close();
        assertEquals(Set.of(), beans("jmx-twin"));
    }

    @Test
    void shouldQuoteNamesThatJmxCannotTake() throws Exception {
        named("jmx-odd,name=*", "models", "one");
        assertEquals(2, beans("jmx-odd").size());
        String bean = "io.varve:type=runtime,runtime=" + ObjectName.quote("jmx-odd,name=*");
        assertEquals("jmx-odd,name=*", read(bean, "Name"));
    }

    @Test
    void shouldBeNamedAfterItsFolderAtFirst() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("jmx-folder"))
                                .add(digest("one", NOTHING))
                                .build());
        assertEquals(Set.of(), beans("jmx-folder"));
        runtime.start();
        assertEquals("jmx-folder", runtime.name());
        assertEquals(2, beans("jmx-folder").size());
    }

    @Test
    void shouldShowNothingWhereThatIsNotWanted() throws Exception {
        ProjectionRuntimeBuilder builder =
                ProjectionRuntime.builder(store, folder.resolve("jmx-hidden"))
                        .add(digest("one", NOTHING));
        assertThrows(IllegalArgumentException.class, () -> builder.name(" "));
        ProjectionRuntime runtime = closing(builder.jmx(false).build());
        runtime.start();
        assertEquals("jmx-hidden", runtime.name());
        assertEquals(Set.of(), beans("jmx-hidden"));
    }

    @Test
    void shouldShowWhyAProjectionHasFailed() throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .name("jmx-failed")
                                .listener(states)
                                .add(digest("wrong", JmxTest::refuse), FAILING)
                                .build());
        runtime.start();
        append(1, 0, 1);
        Throwable failure = states.awaitFailure("wrong");
        assertEquals("jmx-failed", runtime.name());
        String bean = "io.varve:type=projection,runtime=jmx-failed,projection=wrong";
        assertEquals("FAILED", read(bean, "State"));
        String whole = "io.varve:type=runtime,runtime=jmx-failed";
        assertEquals("DOWN", read(whole, "Health"));
        String problem = ((String[]) read(whole, "HealthProblems"))[0];
        assertTrue(problem.startsWith("FAILED wrong "), problem);
        assertTrue(problem.endsWith(((VarveException) failure).remedy()), problem);
        assertEquals(failure.toString(), read(bean, "Failure"));
        assertArrayEquals(
                new String[] {"wrong"},
                (String[]) read("io.varve:type=runtime,runtime=jmx-failed", "FailedProjections"));
    }

    private static void refuse(Notes.Note note) {
        throw new IllegalStateException("on purpose: " + note);
    }
}

package io.varve.projections;

import static io.varve.projections.TextStreams.pipe;
import static io.varve.projections.TextStreams.seen;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BranchedStreamTest {
    private final TextStreams texts = new TextStreams();
    private final EventStream<String, String> stream = texts.stream("s");

    private void pipeAll() {
        try (TopologyTestDriver driver = texts.driver()) {
            pipe(driver, "s", "1", "aa", 1);
            pipe(driver, "s", "2", "ab", 2);
            pipe(driver, "s", "3", "b", 3);
            pipe(driver, "s", "4", null, 4);
        }
    }

    @Test
    void shouldGiveEachRecordToTheFirstBranchThatTakesIt() {
        Map<String, EventStream<String, String>> branches =
                stream.split(Named.as("to-"))
                        .branch((key, value) -> value == null, Branched.as("null"))
                        .branch((key, value) -> value.startsWith("a"))
                        .branch((key, value) -> value.endsWith("b"), Branched.as("b"))
                        .noDefaultBranch();
        assertEquals(Set.of("to-null", "to-2", "to-b"), branches.keySet());
        List<String> nulls = seen(branches.get("to-null"));
        List<String> a = seen(branches.get("to-2"));
        List<String> b = seen(branches.get("to-b"));
        pipeAll();
        assertEquals(List.of("4=null@4"), nulls);
        assertEquals(List.of("1=aa@1", "2=ab@2"), a);
        assertEquals(List.of("3=b@3"), b);
    }

    @Test
    void shouldGiveTheRestToTheDefaultBranchAndDropItWithout() {
        List<String> rest = new ArrayList<>();
        List<String> none = new ArrayList<>();
        Map<String, EventStream<String, String>> first =
                stream.split()
                        .branch((key, value) -> key.equals("1"))
                        .defaultBranch(
                                Branched.withConsumer(
                                        one -> one.foreach((key, value) -> rest.add(key))));
        Map<String, EventStream<String, String>> second =
                stream.split()
                        .branch(
                                (key, value) -> key.equals("1"),
                                Branched.<String, String>withFunction(
                                                one -> one.mapValues(value -> value + "!"))
                                        .withName("-x"))
                        .branch((key, value) -> key.equals("2"), Branched.withFunction(one -> null))
                        .noDefaultBranch();
        assertEquals(Set.of("KSTREAM-BRANCH-00000000021"), first.keySet());
        assertEquals(Set.of("KSTREAM-BRANCH-0000000004-x"), second.keySet());
        second.get("KSTREAM-BRANCH-0000000004-x").foreach((key, value) -> none.add(value));
        pipeAll();
        assertEquals(List.of("2", "3", "4"), rest);
        assertEquals(List.of("aa!"), none);
    }

    @Test
    void shouldRefuseBranchesBehindTheEndAndNamesThatAreTaken() {
        BranchedStream<String, String> split = stream.split();
        split.branch((key, value) -> true, Branched.as("-a"));
        assertThrows(
                TopologyException.class,
                () -> split.branch((key, value) -> true, Branched.as("-a")));
        split.noDefaultBranch();
        assertThrows(TopologyException.class, split::defaultBranch);
    }

    @Test
    void shouldNotChangeATopologyThatWasBuilt() {
        BranchedStream<String, String> split = stream.split();
        List<String> seen = new ArrayList<>();
        split.branch(
                (key, value) -> key.equals("1"),
                Branched.withConsumer(one -> one.foreach((key, value) -> seen.add(key))));
        Topology built = texts.builder.build();
        split.defaultBranch();
        try (TopologyTestDriver driver = new TopologyTestDriver(built)) {
            pipe(driver, "s", "2", "a", 1);
            pipe(driver, "s", "1", "a", 1);
        }
        assertEquals(List.of("1"), seen);
    }
}

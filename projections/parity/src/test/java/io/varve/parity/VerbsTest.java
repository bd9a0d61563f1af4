package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.BranchedStream;
import io.varve.projections.CogroupedStream;
import io.varve.projections.EventStream;
import io.varve.projections.GroupedStream;
import io.varve.projections.GroupedTable;
import io.varve.projections.SessionWindowedStream;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Table;
import io.varve.projections.TimeWindowedStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.streams.kstream.BranchedKStream;
import org.apache.kafka.streams.kstream.CogroupedKStream;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KGroupedTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.SessionWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.junit.jupiter.api.Test;

/** Each verb of Kafka Streams is here under its name, or is in the guide for its users. */
class VerbsTest {
    private static final Map<Class<?>, Class<?>> SAME =
            Map.of(
                    org.apache.kafka.streams.StreamsBuilder.class, StreamsBuilder.class,
                    KStream.class, EventStream.class,
                    KTable.class, Table.class,
                    KGroupedStream.class, GroupedStream.class,
                    KGroupedTable.class, GroupedTable.class,
                    TimeWindowedKStream.class, TimeWindowedStream.class,
                    SessionWindowedKStream.class, SessionWindowedStream.class,
                    CogroupedKStream.class, CogroupedStream.class,
                    BranchedKStream.class, BranchedStream.class);

    private static Set<String> verbs(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The rows of the guide's table of verbs. */
    private static String named() throws IOException {
        String guide = Files.readString(Path.of("../src/docs/kafka-streams.md"));
        int begin = guide.indexOf("## Verbs");
        return guide.substring(begin, guide.indexOf("\n## ", begin + 1));
    }

    @Test
    void shouldBeHereOrInTheGuide() throws IOException {
        String guide = named();
        Set<String> missing = new TreeSet<>();
        SAME.forEach(
                (theirs, ours) -> {
                    Set<String> verbs = verbs(theirs);
                    verbs.removeAll(verbs(ours));
                    verbs.removeIf(verb -> guide.matches("(?s).*\\b" + verb + "\\b.*"));
                    verbs.forEach(verb -> missing.add(theirs.getSimpleName() + "." + verb));
                });
        assertEquals(Set.of(), missing);
        assertTrue(verbs(KStream.class).contains("repartition"), "one that is not here");
    }
}

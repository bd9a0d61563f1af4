package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each operator has an example in its Javadoc, and a test. What the Javadoc shows stands in {@code
 * OperatorExamples}, too, word by word, and so compiles.
 */
class OperatorExamplesTest {
    private static final Path MAIN = Path.of("src/main/java/io/varve/projections");
    private static final Path TESTS = Path.of("src/test/java/io/varve/projections");
    private static final Pattern EXAMPLE =
            Pattern.compile("<pre>\\{@code\n(.*?)\\}</pre>", Pattern.DOTALL);

    static final List<Class<?>> OPERATORS =
            List.of(
                    EventStream.class,
                    Table.class,
                    GroupedStream.class,
                    GroupedTable.class,
                    BranchedStream.class,
                    CogroupedStream.class,
                    TimeWindowedStream.class,
                    SessionWindowedStream.class,
                    TimeWindowedCogroupedStream.class,
                    SessionWindowedCogroupedStream.class);

    /** Whose examples are of operators. */
    private static final List<Class<?>> SHOWN =
            Stream.concat(
                            OPERATORS.stream(),
                            Stream.of(
                                    Branched.class,
                                    EmitStrategy.class,
                                    FixedKeyProcessor.class,
                                    Grouped.class,
                                    Joined.class,
                                    Materialized.class,
                                    Named.class,
                                    Processor.class,
                                    Produced.class,
                                    Suppressed.class,
                                    TableJoined.class))
                    .toList();

    private static String source(Class<?> type) throws IOException {
        return Files.readString(MAIN.resolve(type.getSimpleName() + ".java"));
    }

    private static List<String> examples() throws IOException {
        List<String> examples = new ArrayList<>();
        for (Class<?> type : SHOWN) {
            Matcher found = EXAMPLE.matcher(source(type));
            while (found.find()) {
                examples.add(found.group(1).replaceAll("(?m)^\\s*\\* ?", ""));
            }
        }
        return examples;
    }

    /** Without comments and white space, to compare code as it was written. */
    private static String code(String text) {
        return text.replaceAll("//.*", "").replaceAll("@Override", "").replaceAll("\\s+", "");
    }

    private static Set<String> verbs() {
        Set<String> verbs = new TreeSet<>();
        for (Class<?> type : OPERATORS) {
            for (Method method : type.getDeclaredMethods()) {
                if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                    verbs.add(method.getName());
                }
            }
        }
        verbs.remove("ref");
        return verbs;
    }

    /** Those that nobody calls, with type arguments or without. */
    private static Set<String> missing(String text) {
        Set<String> missing = new TreeSet<>();
        for (String verb : verbs()) {
            if (!Pattern.compile("\\.(<[^>(]*>+)?" + verb + "\\(").matcher(text).find()) {
                missing.add(verb);
            }
        }
        return missing;
    }

    @Test
    void shouldCompileWhatTheJavadocShows() throws IOException {
        String compiled = code(Files.readString(TESTS.resolve("OperatorExamples.java")));
        List<String> examples = examples();
        assertTrue(examples.size() > 30, "found: " + examples.size());
        for (String example : examples) {
            for (String part : example.split("\n\n(?=\\S)")) {
                assertTrue(compiled.contains(code(part)), () -> "not compiled:\n" + part);
            }
        }
    }

    @Test
    void shouldShowAnExampleOfEachOperator() throws IOException {
        assertEquals(Set.of(), missing(String.join("\n", examples())));
    }

    @Test
    void shouldTestEachOperator() throws IOException {
        StringBuilder tests = new StringBuilder();
        try (Stream<Path> files = Files.list(TESTS)) {
            for (Path file : files.filter(one -> one.toString().endsWith("Test.java")).toList()) {
                tests.append(Files.readString(file));
            }
        }
        assertEquals(Set.of(), missing(tests.toString()));
    }
}

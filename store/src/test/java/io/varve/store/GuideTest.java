package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guide and the README show compiles as it stands, and the guide does what it says. */
class GuideTest {
    private static final Pattern BLOCK =
            Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern PRINTED =
            Pattern.compile("System.out.println\\(.*; // (.*)$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)");

    /** A block that declares types stands beside the others, which are statements. */
    private static final Pattern TYPES =
            Pattern.compile("(sealed interface|record) .*", Pattern.DOTALL);

    private static final String IMPORTS =
            Stream.of(
                            "io.varve.store",
                            "io.varve.store.bytes",
                            "io.varve.store.errors",
                            "io.varve.store.serde",
                            "io.varve.store.snapshot",
                            "io.varve.store.transfer",
                            "java.nio.file",
                            "java.time",
                            "java.util",
                            "java.util.concurrent",
                            "java.util.concurrent.atomic")
                    .map(name -> "import " + name + ".*;\n")
                    .collect(Collectors.joining());

    /** What the blocks of the README have from elsewhere. */
    private static final String GIVEN =
            "EventStore store; EventSerde<OrderEvent> serde; Category<OrderEvent> orders;"
                    + " Serde<Order> orderSerde; StreamSnapshots<Order, OrderEvent> loading;"
                    + " OptionalLong version; RecordedMark mark; long reactedTo; Instant yesterday;"
                    + " BackupManifest backedUp;\n";

    @TempDir Path folder;

    private static String text(String file) throws IOException {
        return Files.readString(Path.of(file));
    }

    private static List<String> blocks(String text) {
        return BLOCK.matcher(text).results().map(block -> block.group(1)).toList();
    }

    private static String types(String guide) {
        return blocks(guide).stream()
                .filter(block -> TYPES.matcher(block).matches())
                .collect(Collectors.joining());
    }

    @Test
    void shouldDoWhatTheGuideSays() throws Exception {
        String guide = text("src/docs/guide.md");
        String statements =
                blocks(guide).stream()
                        .filter(block -> !TYPES.matcher(block).matches())
                        .collect(Collectors.joining("\n"))
                        .replace("System.out.println(", "out.println(");
        compile(
                "public class Guide {\n"
                        + types(guide)
                        + "public static void run(java.nio.file.Path folder, java.io.PrintStream out)"
                        + " throws Exception {\n"
                        + statements
                        + "}}\n");
        List<String> said = PRINTED.matcher(guide).results().map(line -> line.group(1)).toList();
        assertTrue(said.size() > 20, "it says nothing");
        assertEquals(said, run());
    }

    private List<String> run() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] classes = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader());
                PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Method run = loader.loadClass("Guide").getMethod("run", Path.class, PrintStream.class);
            run.invoke(null, Files.createDirectory(folder.resolve("data")), out);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void shouldShowInTheReadmeWhatCompiles() throws IOException {
        List<String> blocks = blocks(text("README.md"));
        assertTrue(blocks.size() > 5, "it shows nothing");
        String methods =
                IntStream.range(0, blocks.size())
                        .mapToObj(i -> "void show" + i + "() throws Exception {\n" + blocks.get(i))
                        .collect(Collectors.joining("}\n", "", "}\n"));
        compile("class Readme {\n" + types(text("src/docs/guide.md")) + GIVEN + methods + "}\n");
    }

    @Test
    void shouldLinkToWhatIsThere() throws IOException {
        for (String file : List.of("README.md", "src/docs/guide.md", "src/docs/serdes.md")) {
            Matcher link = LINK.matcher(text(file));
            while (link.find()) {
                Path target = Path.of(file).resolveSibling(link.group(1));
                Path linked = link.group(1).isEmpty() ? Path.of(file) : target;
                assertTrue(Files.exists(linked), file + " " + link.group());
                if (link.group(2) != null) {
                    assertTrue(anchors(linked).contains(link.group(2)), file + " " + link.group());
                }
            }
        }
    }

    private static List<String> anchors(Path file) throws IOException {
        return Pattern.compile("^#+ (.*)$", Pattern.MULTILINE)
                .matcher(Files.readString(file))
                .results()
                .map(GuideTest::anchor)
                .toList();
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 -]", "")
                .replace(' ', '-');
    }

    private void compile(String source) throws IOException {
        String name = source.substring(source.indexOf("class ") + 6, source.indexOf(" {"));
        Path file = Files.writeString(folder.resolve(name + ".java"), IMPORTS + source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of(
                        "-Xlint:all,-serial,-try,-path",
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString());
        boolean right;
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            right =
                    compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjects(file))
                            .call();
        }
        assertTrue(right, messages.toString());
        assertFalse(messages.toString().contains("warning:"), messages.toString());
    }
}

package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guide shows compiles as it stands, and does what it says. */
class GuideTest {
    private static final String GUIDE = "src/docs/guide.md";
    private static final Pattern BLOCK =
            Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern PRINTED =
            Pattern.compile("System.out.println\\(.*; // (.*)$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    /** A block that declares something stands beside the others, which are statements. */
    private static final Predicate<String> DECLARES =
            Pattern.compile("^(sealed interface|record|static) ").asPredicate();

    private static final String IMPORTS =
            Stream.of(
                            "io.micrometer.core.instrument",
                            "io.micrometer.core.instrument.simple",
                            "io.varve.projections",
                            "io.varve.projections.query",
                            "io.varve.projections.testing",
                            "io.varve.runtime",
                            "io.varve.runtime.micrometer",
                            "io.varve.store",
                            "io.varve.store.errors",
                            "io.varve.store.serde",
                            "java.lang.management",
                            "java.nio.file",
                            "java.time",
                            "java.util",
                            "java.util.concurrent",
                            "javax.management")
                    .map(name -> "import " + name + ".*;\n")
                    .collect(Collectors.joining());

    @TempDir Path folder;

    @Test
    void shouldDoWhatTheGuideSays() throws Exception {
        String guide = Files.readString(Path.of(GUIDE));
        List<String> blocks = BLOCK.matcher(guide).results().map(block -> block.group(1)).toList();
        compile(
                "public class Guide {\n"
                        + blocks.stream().filter(DECLARES).collect(Collectors.joining())
                        + "public static void run(Path folder, java.io.PrintStream out)"
                        + " throws Exception {\n"
                        + blocks.stream()
                                .filter(DECLARES.negate())
                                .collect(Collectors.joining("\n"))
                                .replace("System.out.println(", "out.println(")
                        + "}}\n");
        List<String> said = PRINTED.matcher(guide).results().map(line -> line.group(1)).toList();
        assertTrue(said.size() > 50, "it says nothing");
        assertEquals(said, run());
    }

    private List<String> run() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] classes = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader());
                PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            loader.loadClass("Guide")
                    .getMethod("run", Path.class, PrintStream.class)
                    .invoke(null, Files.createDirectory(folder.resolve("data")), out);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void compile(String source) throws IOException {
        Path file = Files.writeString(folder.resolve("Guide.java"), IMPORTS + source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of(
                        "-Xlint:all,-serial,-try,-path,-classfile",
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString());
        boolean right;
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            var sources = files.getJavaFileObjects(file);
            right = compiler.getTask(messages, files, null, options, null, sources).call();
        }
        assertTrue(right, messages.toString());
        assertFalse(messages.toString().contains("warning:"), messages.toString());
    }

    @Test
    void shouldLinkToWhatIsThere() throws IOException {
        for (String file :
                List.of("../README.md", "../projections/README.md", "README.md", GUIDE)) {
            Matcher link = LINK.matcher(Files.readString(Path.of(file)));
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
        return HEADING.matcher(Files.readString(file))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
                .toList();
    }
}

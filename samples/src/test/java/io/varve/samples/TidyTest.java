package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** House rules, held against the sources by the JDK's own parser. */
class TidyTest {
    private static final int MOST_LINES_OF_METHOD = 60;
    private static final int MOST_LINES_OF_FILE = 400;

    /** Files that may be longer, and why. */
    private static final Map<String, String> LONG_FILES =
            Map.of(
                    "projections/src/main/java/io/varve/projections/EventStream.java",
                    "one class of the language, whose verbs belong together, with their documentation",
                    "projections/src/main/java/io/varve/projections/Table.java",
                    "one class of the language, whose verbs belong together, with their documentation",
                    "runtime/src/main/java/io/varve/runtime/ProjectionRuntime.java",
                    "the door, whose verbs belong together, with their documentation",
                    "store/src/main/java/io/varve/store/EventStore.java",
                    "the door, whose verbs belong together, with their documentation");

    /** In two parts, or this file would break its own rule. */
    private static final Pattern LEFT_UNDONE =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static final List<String> NOT_CALLED_IN_PRODUCT =
            List.of("Thread.sleep", "SECONDS.sleep", ".printStackTrace", "System.gc");
    private static final List<String> NOT_CALLED_IN_TESTS =
            List.of("Thread.sleep", "SECONDS.sleep", ".printStackTrace");

    private static List<Path> product;
    private static List<Path> tests;

    @BeforeAll
    static void find() {
        product = Project.sources("src/main/java");
        tests = Project.sources("src/test/java");
    }

    @Test
    void shouldLookAtAllModules() {
        for (String module : Project.MODULES) {
            assertTrue(
                    product.stream()
                            .anyMatch(file -> Project.relative(file).startsWith(module + "/")),
                    module);
        }
    }

    @Test
    void shouldHaveNoLongMethods() throws IOException {
        List<String> found = new ArrayList<>();
        parse(product, found, new LongMethods());
        assertEquals(List.of(), found);
    }

    @Test
    void shouldHaveNoLongFiles() {
        List<String> found =
                product.stream()
                        .filter(file -> Project.text(file).lines().count() > MOST_LINES_OF_FILE)
                        .map(Project::relative)
                        .filter(file -> !LONG_FILES.containsKey(file))
                        .toList();
        assertEquals(List.of(), found);
    }

    @Test
    void shouldKeepNoExceptionThatIsNotNeeded() {
        for (String file : LONG_FILES.keySet()) {
            assertTrue(Project.text(file).lines().count() > MOST_LINES_OF_FILE, file);
        }
    }

    @Test
    void shouldSayTheContractOfEveryPackage() {
        List<String> found =
                product.stream()
                        .map(Path::getParent)
                        .distinct()
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                        .map(Project::relative)
                        .toList();
        assertEquals(List.of(), found);
    }

    @Test
    void shouldLeaveNothingUndone() {
        List<String> found =
                Stream.concat(product.stream(), tests.stream())
                        .filter(file -> LEFT_UNDONE.matcher(Project.text(file)).find())
                        .map(Project::relative)
                        .toList();
        assertEquals(List.of(), found);
    }

    @Test
    void shouldNotSleepNorPrintStacks() throws IOException {
        List<String> found = new ArrayList<>();
        parse(product, found, new Calls(NOT_CALLED_IN_PRODUCT));
        parse(tests, found, new Calls(NOT_CALLED_IN_TESTS));
        assertEquals(List.of(), found);
    }

    @Test
    void shouldFindWhatBreaksTheRules(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("Bad.java");
        String body = "Thread.sleep(1);\n".repeat(MOST_LINES_OF_METHOD);
        Files.writeString(file, "class Bad { void bad() throws Exception {\n" + body + "} }");
        List<String> found = new ArrayList<>();

        parse(List.of(file), found, new LongMethods());
        assertEquals(1, found.size());
        parse(List.of(file), found, new Calls(NOT_CALLED_IN_TESTS));
        assertEquals(1 + MOST_LINES_OF_METHOD, found.size());

        Files.writeString(file, "class Bad { void bad() { TimeUnit.MILLISECONDS.sleep(1); } }");
        found.clear();
        parse(List.of(file), found, new Calls(NOT_CALLED_IN_TESTS));
        assertEquals(1, found.size());
    }

    private static void parse(List<Path> files, List<String> found, Rule rule) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            rule.found = found;
            rule.positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                rule.unit = unit;
                rule.scan(unit, null);
            }
        }
    }

    /** Walks a file and writes down what breaks it. */
    private abstract static class Rule extends TreePathScanner<Void, Void> {
        List<String> found;
        SourcePositions positions;
        CompilationUnitTree unit;

        long firstLine(Tree tree) {
            return line(positions.getStartPosition(unit, tree));
        }

        long lastLine(Tree tree) {
            return line(positions.getEndPosition(unit, tree));
        }

        private long line(long position) {
            LineMap lines = unit.getLineMap();
            return lines.getLineNumber(position);
        }

        void report(Tree where, String what) {
            found.add(unit.getSourceFile().getName() + ":" + firstLine(where) + " " + what);
        }
    }

    private static final class LongMethods extends Rule {
        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            long lines = lastLine(method) - firstLine(method) + 1;
            if (lines > MOST_LINES_OF_METHOD) {
                report(method, method.getName() + " has " + lines + " lines");
            }
            return super.visitMethod(method, nothing);
        }
    }

    private static final class Calls extends Rule {
        private final List<String> forbidden;

        private Calls(List<String> forbidden) {
            this.forbidden = forbidden;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
            String method = call.getMethodSelect().toString();
            if (forbidden.stream().anyMatch(method::endsWith)) {
                report(call, method);
            }
            return super.visitMethodInvocation(call, nothing);
        }
    }
}

package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of scenarios name tests that are there and run, at least one in every row. */
class ScenariosTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    /** A case, what happens, and names of tests. */
    private static final Pattern ROW =
            Pattern.compile("\\| [^|]+ \\| [^|]+ \\|( " + NAMED.pattern() + ")+ \\|");

    private static final String HEAD = "| case | what happens | tests |";
    private static final String LINE_BELOW = "|---|---|---|";

    /** An annotation with what stands in its parentheses, where these are two deep at most. */
    private static final String ANNOTATION =
            "@\\w++(?:\\((?:[^()\"]++|\"(?:[^\"\\\\]|\\\\.)*+\"|\\([^()]*+\\))*+\\))?+\\s++";

    private static final Pattern RUNS =
            Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b");

    /** Sources of tests by the names of their classes; those of one name together. */
    private static final Map<String, String> TESTS =
            Project.sources("src/test/java").stream()
                    .collect(
                            Collectors.toMap(
                                    file -> file.getFileName().toString().replace(".java", ""),
                                    Project::text,
                                    String::concat));

    private final String scenarios = Project.text("store/src/docs/scenarios.md");

    @Test
    void shouldNameTestsThatAreThere() {
        assertTrue(NAMED.matcher(scenarios).results().count() > 200, "it has read no table");
        assertEquals(List.of(), missing(scenarios));
    }

    @Test
    void shouldNameATestForEveryCase() {
        assertTrue(scenarios.lines().filter(HEAD::equals).count() > 10, "it has read no table");
        assertEquals(List.of(), incomplete(scenarios));
    }

    @Test
    void shouldFindNamesOfWhatIsNotThere() {
        String there =
                "`ScenariosTest#shouldNameTestsThatAreThere`"
                        + " `ReadersTest#shouldAnswerEveryQueryAsAListWould`"
                        + " `SalvageTest#shouldReadWhatLiesAroundADamagedBlock`";
        assertEquals(List.of(), missing(there));
        for (String not :
                List.of(
                        "ScenariosTest#shouldFly",
                        "NoSuchTest#shouldNameTestsThatAreThere",
                        "ScenariosTest#missing",
                        "ReadersTest#checkAll",
                        "EventStoreTest#close")) {
            assertEquals(List.of(not), missing(there + " `" + not + "`"));
        }
    }

    @Test
    void shouldNotTakeForATestWhatDoesNotRun() {
        assertTrue(runs("@Test\n    void a() {", "a"));
        assertTrue(runs("@ParameterizedTest\n@CsvSource({\"(;\", \"})\"})\nvoid a(int b) {", "a"));
        for (String source :
                List.of(
                        "@Test void b() {} private void a() {",
                        "@Test @Disabled(\"later\") void a() {",
                        "@Disabled @Test void a() {",
                        "@BeforeEach void a() {",
                        "@Test void ab() {")) {
            assertEquals(false, runs(source, "a"), source);
        }
    }

    @Test
    void shouldFindRowsWithoutTests() {
        String table = HEAD + "\n" + LINE_BELOW + "\n| a | b | `C#d` `E#f` |\n";
        assertEquals(List.of(), incomplete(table));
        for (String row :
                List.of(
                        "| a | b | |",
                        "| a | b | C#d |",
                        "| a | `C#d` | none |",
                        "| a | `C#d` |",
                        "| a | | `C#d` |",
                        "| a | b | `C#d`")) {
            assertEquals(List.of(row), incomplete(table + row));
        }
    }

    private static List<String> missing(String text) {
        return NAMED.matcher(text)
                .results()
                .filter(name -> !runs(TESTS.getOrDefault(name.group(1), ""), name.group(2)))
                .map(name -> name.group(1) + "#" + name.group(2))
                .toList();
    }

    /** Whether a method is there that JUnit runs. */
    private static boolean runs(String source, String method) {
        Matcher found =
                Pattern.compile("((?:" + ANNOTATION + ")+)void " + method + "\\(").matcher(source);
        return found.find()
                && RUNS.matcher(found.group(1)).find()
                && !found.group(1).contains("@Disabled");
    }

    private static List<String> incomplete(String text) {
        return text.lines()
                .filter(line -> line.startsWith("|"))
                .filter(line -> !line.equals(HEAD) && !line.equals(LINE_BELOW))
                .filter(line -> !ROW.matcher(line).matches())
                .toList();
    }
}

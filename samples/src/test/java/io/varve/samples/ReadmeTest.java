package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows compiles, and what it says to run is what there is to run. */
class ReadmeTest {
    private static final String QUICK_START =
            "samples/src/main/java/io/varve/samples/QuickStart.java";

    private final String readme = Project.text("README.md");

    @Test
    void shouldShowTheQuickStartAsItIsCompiled() {
        Matcher block = fenced("java", readme);
        assertTrue(block.find(), "a block of Java");

        assertEquals(region(Project.text(QUICK_START), "quick-start"), block.group(1));
    }

    @Test
    void shouldSayHowToRunItInOneCommand() {
        assertEquals(
                List.of(
                        "mvn -q -B -DskipTests package && java -jar samples/target/varve-samples.jar flights"),
                commands("Run it"));
    }

    @Test
    void shouldNameTheDependencyAsItIsBuilt() {
        Matcher block = fenced("xml", readme);
        assertTrue(block.find(), "a block of XML");
        String runtime = Project.text("runtime/pom.xml");

        for (String element : List.of("groupId", "artifactId", "version")) {
            Matcher wanted =
                    Pattern.compile("<" + element + ">[^<]*</" + element + ">")
                            .matcher(block.group(1));
            assertTrue(wanted.find(), element);
            assertTrue(runtime.contains(wanted.group()), wanted.group());
        }
    }

    @Test
    void shouldSayHowToTestItInOneCommand() {
        assertEquals(List.of("mvn -B -ntp verify"), commands("Test it"));
    }

    @Test
    void shouldLinkToWhatIsThere() {
        Matcher link = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)").matcher(readme);
        while (link.find()) {
            assertTrue(Project.file(link.group(1)).toFile().exists(), link.group());
        }
    }

    /** The lines of the first shell block under a heading. */
    private List<String> commands(String heading) {
        String section = readme.split("(?m)^## " + Pattern.quote(heading) + "$", 2)[1];
        String own = section.split("(?m)^## ", 2)[0];
        Matcher block = fenced("sh", own);
        assertTrue(block.find(), "a block of shell under " + heading);
        return block.group(1).lines().toList();
    }

    private static Matcher fenced(String language, String text) {
        return Pattern.compile(
                        "^```" + language + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(text);
    }

    private static String region(String source, String tag) {
        String begin = "// tag::" + tag + "[]\n";
        String end = "// end::" + tag + "[]";
        int from = source.indexOf(begin) + begin.length();
        int to = source.lastIndexOf('\n', source.indexOf(end));
        return source.substring(from, to).stripIndent() + "\n";
    }
}

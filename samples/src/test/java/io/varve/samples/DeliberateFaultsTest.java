package io.varve.samples;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.varve.samples.FaultyCopy.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of the tests: in a copy of this project a fault is made, and what is to notice must be red.
 * Some seconds for each: one class is compiled, the tests that are named are run, and a line says
 * which was red first, and of what. Who only comes to no end has noticed nothing, as that depends
 * on the machine.
 *
 * <p>{@code -Dvarve.fault="checkpoint|mark"}: those alone whose names have a match.
 */
class DeliberateFaultsTest {
    private static final int MANY = 20;

    @TempDir static Path folder;
    private static FaultyCopy copy;
    private static int made;
    private static int noticed;

    @BeforeAll
    static void begin() {
        copy = new FaultyCopy(folder);
    }

    static List<DeliberateFault> faults() {
        return DeliberateFault.all();
    }

    static List<DeliberateFault> wanted() {
        Predicate<String> names =
                Pattern.compile(System.getProperty("varve.fault", "")).asPredicate();
        return faults().stream().filter(fault -> names.test(fault.name())).toList();
    }

    /** In the default run: the sources still are what the faults are made in. */
    @Test
    void shouldFindThePlaceOfEachFault() {
        for (DeliberateFault fault : faults()) {
            String source = Project.text(fault.file());
            assertNotEquals(source, fault.in(source));
        }
        assertTrue(faults().size() >= MANY);
    }

    /** Who is red whatever is done has noticed nothing. */
    @ParameterizedTest
    @Tag("faults")
    @MethodSource("modules")
    void shouldBeGreenWithoutAFault(String module) throws Exception {
        List<String> tests =
                wanted().stream()
                        .filter(fault -> fault.module().equals(module))
                        .map(DeliberateFault::tests)
                        .toList();
        Run run = copy.test(module, String.join(",", tests));
        assertTrue(run.isGreen(), run::said);
    }

    static List<String> modules() {
        return wanted().stream().map(DeliberateFault::module).distinct().toList();
    }

    @ParameterizedTest
    @Tag("faults")
    @MethodSource("wanted")
    void shouldNoticeWhenThereIs(DeliberateFault fault) throws Exception {
        long begin = System.nanoTime();
        Run run = test(fault);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        made++;
        if (run.red().isEmpty()) {
            System.out.println("MISSED: " + fault + ", seconds=" + seconds);
            fail(fault + ": " + run.said());
        }
        noticed++;
        System.out.println(
                "noticed: " + fault + ", by=" + run.red().get(0) + ", seconds=" + seconds);
    }

    @AfterAll
    static void sayHowMany() {
        if (made > 0) {
            System.out.println("faults=" + made + " noticed=" + noticed);
        }
    }

    private static Run test(DeliberateFault fault) throws IOException, InterruptedException {
        copy.make(fault);
        try {
            return copy.test(fault.module(), fault.tests());
        } finally {
            copy.mend(fault);
        }
    }
}

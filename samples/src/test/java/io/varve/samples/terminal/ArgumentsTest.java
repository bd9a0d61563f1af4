package io.varve.samples.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static Arguments parse(String... arguments) {
        return Arguments.parse(List.of(arguments), Set.of("--fresh"), Set.of("--data", "--limit"));
    }

    private static String refused(String... arguments) {
        return assertThrows(UsageException.class, () -> parse(arguments).number("--limit"))
                .getMessage();
    }

    @Test
    void shouldReadFlagsAndValues() {
        Arguments arguments = parse("--data", "--fresh", "--fresh", "--limit", "007");

        assertEquals(Optional.of("--fresh"), arguments.value("--data"));
        assertTrue(arguments.has("--fresh"));
        assertEquals(OptionalLong.of(7), arguments.number("--limit"));
    }

    @Test
    void shouldKnowWhatIsNotThere() {
        assertFalse(parse().has("--fresh"));
        assertEquals(Optional.empty(), parse().value("--data"));
        assertEquals(OptionalLong.empty(), parse().number("--limit"));
    }

    @Test
    void shouldSayInOneLineWhatItDoesNotUnderstand() {
        assertEquals("unknown option: --dta", refused("--dta", "x"));
        assertEquals("unknown option: x", refused("--fresh", "x"));
        assertEquals("a value is missing behind --data", refused("--data"));
        assertEquals("the value behind --data is empty", refused("--data", ""));
        assertEquals("given twice: --fresh", refused("--fresh", "--fresh"));
        assertEquals(
                "--limit needs a whole number of 1 or more, not many", refused("--limit", "many"));
        assertEquals("--limit needs a whole number of 1 or more, not 0", refused("--limit", "0"));
        assertEquals("--limit needs a whole number of 1 or more, not -5", refused("--limit", "-5"));
        assertEquals(
                0,
                Arguments.parse(List.of("--x", "0"), Set.of(), Set.of("--x"))
                        .number("--x", 0)
                        .orElse(9));
    }
}

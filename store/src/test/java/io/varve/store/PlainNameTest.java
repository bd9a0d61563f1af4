package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "Z9", "...", ".a", "a_b-c.d", "twelve-chars"})
    void shouldTakeNamesOfFoldersAndTables(String name) {
        assertEquals(name, PlainName.check("thing", name, 12));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "ä", "a\n", "thirteen-char"})
    void shouldRefuseOthers(String name) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> PlainName.check("thing", name, 12));
        assertTrue(e.getMessage().contains("1 to 12"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a thing", "an index"})
    void shouldSayWhatItIsTheNameOf(String what) {
        String noun = what.substring(what.indexOf(' ') + 1);
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> PlainName.check(noun, "?", 9));
        assertTrue(e.getMessage().contains("Not a name for " + what + ": name=?"), e.getMessage());
    }
}

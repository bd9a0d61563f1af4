package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectedVersionTest {
    @ParameterizedTest
    @CsvSource({
        // actual, any, noStream, streamExists, exactly(0), exactly(7)
        "-1, true, true,  false, false, false",
        " 0, true, false, true,  true,  false",
        " 1, true, false, true,  false, false",
        " 7, true, false, true,  false, true",
        "9223372036854775807, true, false, true, false, false"
    })
    void shouldMatchTheActualVersion(
            long actual, boolean any, boolean none, boolean exists, boolean zero, boolean seven) {
        assertEquals(any, ExpectedVersion.any().matches(actual));
        assertEquals(none, ExpectedVersion.noStream().matches(actual));
        assertEquals(exists, ExpectedVersion.streamExists().matches(actual));
        assertEquals(zero, ExpectedVersion.exactly(0).matches(actual));
        assertEquals(seven, ExpectedVersion.exactly(7).matches(actual));
    }

    @Test
    void shouldExpectWhatWasFound() {
        assertEquals(ExpectedVersion.noStream(), ExpectedVersion.of(OptionalLong.empty()));
        assertEquals(ExpectedVersion.exactly(7), ExpectedVersion.of(OptionalLong.of(7)));
    }

    @Test
    void shouldMatchTheLargestVersion() {
        assertTrue(ExpectedVersion.exactly(Long.MAX_VALUE).matches(Long.MAX_VALUE));
        assertFalse(ExpectedVersion.exactly(Long.MAX_VALUE).matches(-1));
    }

    @Test
    void shouldRefuseNegativeVersions() {
        assertThrows(IllegalArgumentException.class, () -> ExpectedVersion.exactly(-1));
        assertThrows(IllegalArgumentException.class, () -> ExpectedVersion.exactly(Long.MIN_VALUE));
    }

    @Test
    void shouldBeEqualByWhatIsExpected() {
        assertSame(ExpectedVersion.any(), ExpectedVersion.any());
        assertEquals(ExpectedVersion.exactly(3), ExpectedVersion.exactly(3));
        assertNotEquals(ExpectedVersion.exactly(3), ExpectedVersion.exactly(4));
        assertNotEquals(ExpectedVersion.noStream(), ExpectedVersion.streamExists());
    }

    @Test
    void shouldReadLikeTheCallThatMadeIt() {
        assertEquals("any", ExpectedVersion.any().toString());
        assertEquals("noStream", ExpectedVersion.noStream().toString());
        assertEquals("streamExists", ExpectedVersion.streamExists().toString());
        assertEquals("exactly(3)", ExpectedVersion.exactly(3).toString());
    }
}

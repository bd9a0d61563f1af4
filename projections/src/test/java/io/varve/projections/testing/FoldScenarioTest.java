package io.varve.projections.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.Fold;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FoldScenarioTest {
    private static final Fold<Object, Long> SUM =
            Fold.<Object, Long>startingWith(() -> 0L)
                    .on(Integer.class, (sum, number) -> sum + number)
                    .on(String.class, (sum, text) -> null)
                    .build();

    @Test
    void shouldTellTheStateAfterTheEvents() {
        FoldScenario<Object, Long> five = FoldScenario.of(SUM).given(2, 3);
        five.then(5L).when(4).then(9L).when("gone").thenNothing().when(7).then(7L);
        assertEquals(Optional.of(5L), five.state());
    }

    @Test
    void shouldFailWithWhatWasFound() {
        FoldScenario<Object, Long> two = FoldScenario.of(SUM).given(2);
        AssertionError other = assertThrows(AssertionError.class, () -> two.then(3L));
        assertEquals("Another state: expected=3 found=2 events=[2]", other.getMessage());
        assertThrows(AssertionError.class, two::thenNothing);
        assertThrows(AssertionError.class, () -> FoldScenario.of(SUM).then(0L));
    }
}

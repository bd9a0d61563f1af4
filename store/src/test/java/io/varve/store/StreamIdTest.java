package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.LimitExceededException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamIdTest {
    @Test
    void shouldBeWrittenAsCategorySlashKey() {
        assertEquals("orders/order-7", StreamId.of("orders", "order-7").toString());
        assertEquals("a/b/c", StreamId.of("a", "b/c").toString());
    }

    @Test
    void shouldBeEqualByCategoryAndKey() {
        assertEquals(StreamId.of("a", "b"), new StreamId("a", "b"));
        assertNotEquals(StreamId.of("a", "b"), StreamId.of("a", "c"));
        assertNotEquals(StreamId.of("a", "b"), StreamId.of("b", "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a/b", "/a", "a/"})
    void shouldRefuseCategoriesThatAreEmptyOrHaveASlash(String category) {
        assertThrows(IllegalArgumentException.class, () -> StreamId.of(category, "k"));
    }

    @Test
    void shouldRefuseAnEmptyKey() {
        assertThrows(IllegalArgumentException.class, () -> StreamId.of("c", ""));
    }

    @Test
    void shouldRefuseNull() {
        assertThrows(NullPointerException.class, () -> StreamId.of(null, "k"));
        assertThrows(NullPointerException.class, () -> StreamId.of("c", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00e9", "\u20ac", "\ud83d\ude00"})
    void shouldMeasureNamesInBytesOfUtf8(String character) {
        int bytes = character.getBytes(StandardCharsets.UTF_8).length;
        StreamId.of(character.repeat(100 / bytes), character.repeat(400 / bytes));
        LimitExceededException category =
                assertThrows(
                        LimitExceededException.class,
                        () -> StreamId.of(character.repeat(100 / bytes + 1), "k"));
        assertEquals((100 / bytes + 1) * bytes, category.actual());
        assertEquals(100, category.limit());
        LimitExceededException key =
                assertThrows(
                        LimitExceededException.class,
                        () -> StreamId.of("c", character.repeat(400 / bytes + 1)));
        assertEquals((400 / bytes + 1) * bytes, key.actual());
        assertEquals(400, key.limit());
    }
}

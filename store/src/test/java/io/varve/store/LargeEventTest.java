package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.serde.EventSerde;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One event that is larger than most, as users write it: a long text and many tags. */
class LargeEventTest {
    record Article(String text, List<String> tags, Map<String, Long> readers) {}

    @TempDir Path folder;

    private static Article article() {
        List<String> tags = new ArrayList<>();
        Map<String, Long> readers = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            tags.add("tag-\u00e9\u4e16\ud834\udd1e-" + i);
            readers.put("reader " + i, Long.MIN_VALUE + i);
        }
        String text = "0123456789\u00e4\"\\\n\u0000\u20ac<>\ud83d\ude00".repeat(250);
        assertEquals(5_000, text.length());
        return new Article(text, tags, readers);
    }

    @Test
    void shouldKeepALongTextAndManyTagsAsARecord() {
        assertKept(EventSerde.of(Article.class).record("written", Article.class).build());
    }

    @Test
    void shouldKeepALongTextAndManyTagsAsJson() {
        assertKept(EventSerde.of(Article.class).json("written", Article.class).build());
    }

    private void assertKept(EventSerde<Article> serde) {
        Article article = article();
        Article small = new Article("", List.of(), Map.of());
        try (EventStore store = EventStore.open(folder)) {
            Category<Article> articles = store.category("articles", serde);
            articles.append("a", ExpectedVersion.noStream(), article);
            articles.append("a", ExpectedVersion.exactly(0), List.of(small, article, small));
            assertTrue(
                    TestEvents.all(store).get(0).payload().length > 5_000 + 500 * 10,
                    "it is a large one");
        }
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(
                    List.of(article, small, article, small),
                    store.category("articles", serde).read("a"));
            assertEquals(4, TestEvents.assertSound(store).size());
        }
    }
}

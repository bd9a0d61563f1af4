package io.varve.store;

import io.varve.store.errors.LimitExceededException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Names a stream: the history of one thing, inside a category of like things.
 *
 * <p>Written {@code category/key}, as in {@code orders/order-7}. The category may not contain a
 * slash, the key may be any text that is not empty.
 *
 * @param category of like things, 1 to {@value #MAX_CATEGORY_BYTES} bytes of UTF-8, without {@code
 *     /}
 * @param key of the one thing, 1 to {@value #MAX_KEY_BYTES} bytes of UTF-8
 */
public record StreamId(String category, String key) implements Comparable<StreamId> {
    /** The longest category, in bytes of UTF-8. */
    public static final int MAX_CATEGORY_BYTES = 100;

    /** The longest key, in bytes of UTF-8: with the category and a slash it fits LMDB's 511. */
    public static final int MAX_KEY_BYTES = 400;

    /**
     * Refuses what has no name or too long a one.
     *
     * @param category see the record
     * @param key see the record
     */
    public StreamId {
        checkCategory(category);
        Objects.requireNonNull(key, "key");
        if (key.isEmpty()) {
            throw new IllegalArgumentException("A stream needs a key: category=" + category);
        }
        checkLength("stream key", key, MAX_KEY_BYTES);
    }

    /**
     * Names a stream.
     *
     * @param category of like things
     * @param key of the one thing
     * @return its id
     */
    public static StreamId of(String category, String key) {
        return new StreamId(category, key);
    }

    static void checkCategory(String category) {
        Objects.requireNonNull(category, "category");
        if (category.isEmpty() || category.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "A category is a text without '/' that is not empty; what is behind a '/' belongs"
                            + " into the stream's key: category="
                            + category);
        }
        checkLength("category", category, MAX_CATEGORY_BYTES);
    }

    static void checkLength(String what, String text, int limit) {
        checkPairs(what, text);
        // Three bytes is the most a char can take, so short names are not encoded to be measured.
        if (text.length() * 3L > limit) {
            int actual = text.getBytes(StandardCharsets.UTF_8).length;
            if (actual > limit) {
                throw new LimitExceededException(what + " (bytes of UTF-8)", actual, limit);
            }
        }
    }

    /** UTF-8 has no bytes for half a surrogate pair: two names would become one on disk. */
    static void checkPairs(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    throw new IllegalArgumentException(
                            "Half a surrogate pair has no place in a name: "
                                    + what
                                    + " index="
                                    + i);
                }
                i++;
            }
        }
    }

    // By hand: a record's own are linked at their first call, about 2 ms in a new JVM.

    @Override
    public boolean equals(Object other) {
        return other instanceof StreamId that
                && key.equals(that.key)
                && category.equals(that.category);
    }

    @Override
    public int hashCode() {
        return 31 * category.hashCode() + key.hashCode();
    }

    /** By category, then by key, as texts are ordered: maps of names that share a hash need it. */
    @Override
    public int compareTo(StreamId other) {
        int categories = category.compareTo(other.category);
        return categories != 0 ? categories : key.compareTo(other.key);
    }

    @Override
    public String toString() {
        return category + "/" + key;
    }
}

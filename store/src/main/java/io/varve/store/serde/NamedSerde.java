package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.util.Objects;

/** A serde with a name of the user's. */
record NamedSerde<T>(String name, Serde<T> serde) implements Serde<T> {
    NamedSerde {
        Objects.requireNonNull(serde, "serde");
        if (name.isBlank()
                || name.length() > 200
                || !name.equals(name.strip().lines().findFirst().orElse(""))) {
            throw new IllegalArgumentException(
                    "A serde's name is one line of 1 to 200 characters: name=" + name);
        }
    }

    @Override
    public void serialize(T value, BytesWriter out) {
        serde.serialize(value, out);
    }

    @Override
    public T deserialize(BytesView in) {
        return serde.deserialize(in);
    }

    @Override
    public String describe() {
        return "named " + name;
    }
}

-- The message of a small payload is just too long for the default of 2 kB: out of line it costs a second row and index entry.
ALTER TABLE bus.message SET (toast_tuple_target = 8160);

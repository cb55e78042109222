typedef int plumbline_empty_floor;

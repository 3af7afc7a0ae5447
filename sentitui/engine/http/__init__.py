"""HTTP as such: who may come in, what a body may be, how answers are wrapped. Knows no resource."""

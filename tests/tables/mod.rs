//! Tables as projects with Drizzle and Prisma have them.

pub mod drizzle;

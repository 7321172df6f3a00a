import { createSchema, createYoga } from "graphql-yoga";

const yoga = createYoga({
  graphqlEndpoint: "/yoga",
  landingPage: false,
  logging: false,
  maskedErrors: true,
  schema: createSchema({
    typeDefs: /* GraphQL */ `
      type Query { hello(name: String = "world"): String! secret: String! header: String }
      type Mutation { reverse(text: String!): String! size(file: File!): Int! }
      type Subscription { countdown(from: Int!): Int! }
      scalar File
    `,
    resolvers: {
      Query: {
        hello: (_, { name }) => `hello ${name}`,
        secret: () => {
          throw new Error("not for everybody");
        },
        header: (_, __, { request }) => request.headers.get("x-one"),
      },
      Mutation: {
        reverse: (_, { text }) => [...text].reverse().join(""),
        size: (_, { file }) => file.size,
      },
      Subscription: {
        countdown: {
          subscribe: async function* (_, { from }) {
            for (let value = from; value >= 0; value--) {
              await new Promise((resolve) => setTimeout(resolve, 5));
              yield { countdown: value };
            }
          },
        },
      },
    },
  }),
});

export const onRequest: PagesFunction = (context) => yoga.handleRequest(context.request, context as never);
